package io.millrace.benchmarks.engine;

import io.millrace.protocol.catalog.Metric;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;
import org.apache.lucene.codecs.Codec;
import org.apache.lucene.codecs.FilterCodec;
import org.apache.lucene.codecs.KnnVectorsFormat;
import org.apache.lucene.codecs.lucene99.Lucene99HnswVectorsFormat;
import org.apache.lucene.codecs.perfield.PerFieldKnnVectorsFormat;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.KnnFloatVectorField;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.KnnFloatVectorQuery;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.MMapDirectory;
import org.jspecify.annotations.Nullable;

/** Lucene with one segment and one vector field; the beam of a search is the k of its query. */
final class LuceneEngine implements Engine {
    private static final String FIELD = "v";
    private static final double RAM_MB_MAX = 1_900;

    private final VectorSimilarityFunction similarity;
    private final Path folder;
    private final Directory directory;
    private final IndexWriter writer;
    private @Nullable DirectoryReader reader;
    private @Nullable IndexSearcher searcher;
    private ScoreDoc[] found = {};

    LuceneEngine(EngineSpec spec) {
        similarity = similarity(spec.metric());
        try {
            folder = Files.createTempDirectory("millrace-bench-lucene");
            directory = new MMapDirectory(folder);
            writer = new IndexWriter(
                    directory,
                    new IndexWriterConfig(null)
                            .setCodec(codec(spec))
                            .setRAMBufferSizeMB(RAM_MB_MAX)
                            .setUseCompoundFile(false));
        } catch (IOException e) {
            throw new UncheckedIOException("an index of Lucene cannot be opened", e);
        }
    }

    private static VectorSimilarityFunction similarity(Metric metric) {
        return switch (metric) {
            case L2 -> VectorSimilarityFunction.EUCLIDEAN;
            case COSINE -> VectorSimilarityFunction.COSINE;
            case IP -> VectorSimilarityFunction.MAXIMUM_INNER_PRODUCT;
        };
    }

    private static Codec codec(EngineSpec spec) {
        KnnVectorsFormat format = new Lucene99HnswVectorsFormat(spec.m(), spec.efConstruction());
        Codec standard = Codec.getDefault();
        return new FilterCodec(standard.getName(), standard) {
            @Override
            public KnnVectorsFormat knnVectorsFormat() {
                return new PerFieldKnnVectorsFormat() {
                    @Override
                    public KnnVectorsFormat getKnnVectorsFormatForField(String field) {
                        return format;
                    }
                };
            }
        };
    }

    @Override
    public Runnable put(int id, float[] vector) {
        Document document = new Document();
        document.add(new KnnFloatVectorField(FIELD, vector.clone(), similarity));
        return () -> {
            try {
                writer.addDocument(document);
            } catch (IOException e) {
                throw new UncheckedIOException("Lucene cannot add", e);
            }
        };
    }

    @Override
    public void seal() {
        try {
            writer.forceMerge(1);
            writer.commit();
            reopen();
        } catch (IOException e) {
            throw new UncheckedIOException("Lucene cannot commit", e);
        }
    }

    @Override
    public boolean isKept() {
        return true;
    }

    @Override
    public void reopen() {
        try {
            if (reader != null) {
                reader.close();
            }
            reader = DirectoryReader.open(directory);
            searcher = new IndexSearcher(reader);
        } catch (IOException e) {
            throw new UncheckedIOException("Lucene cannot open its index", e);
        }
    }

    @Override
    public Runnable search(float[] query, SearchSetting setting) {
        IndexSearcher now = searcher;
        if (now == null) {
            throw new IllegalStateException("not sealed");
        }
        int beam = Math.max(setting.ef(), setting.k());
        KnnFloatVectorQuery knn = new KnnFloatVectorQuery(FIELD, query, beam);
        return () -> {
            try {
                found = now.search(knn, setting.k()).scoreDocs;
            } catch (IOException e) {
                throw new UncheckedIOException("Lucene cannot search", e);
            }
        };
    }

    /** One segment, written by one thread: a document's number is its place in the order of adding. */
    @Override
    public int found(int[] ids) {
        for (int i = 0; i < found.length; i++) {
            ids[i] = found[i].doc;
        }
        return found.length;
    }

    @Override
    public long bytesOutsideHeap() {
        try (Stream<Path> files = Files.list(folder)) {
            return files.mapToLong(file -> file.toFile().length()).sum();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        try (directory;
                writer;
                DirectoryReader last = reader;
                Stream<Path> files = Files.walk(folder)) {
            files.sorted(Comparator.reverseOrder())
                    .forEach(file -> file.toFile().deleteOnExit());
        } catch (IOException e) {
            throw new UncheckedIOException("Lucene cannot be closed", e);
        }
    }
}
