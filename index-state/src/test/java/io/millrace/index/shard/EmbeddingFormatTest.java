package io.millrace.index.shard;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.index.store.Bytes;
import io.millrace.index.store.StateNames;
import io.millrace.protocol.catalog.CatalogChange;
import io.millrace.protocol.catalog.Field;
import io.millrace.protocol.catalog.Freshness;
import io.millrace.protocol.catalog.FreshnessMode;
import io.millrace.protocol.catalog.Metric;
import io.millrace.protocol.catalog.VectorEngine;
import io.millrace.protocol.catalog.VectorIndexDefinition;
import io.millrace.protocol.value.ValueType;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The bytes of rows that wait to be embedded. */
class EmbeddingFormatTest {
    private static final int DIMENSION = 4;

    /** Version 1 of what waits: state that holds such bytes must be read for ever. */
    @Test
    void bytesOfVersion1AreWrittenAndRead() {
        Fixture one = new Fixture(1);
        one.embedWith(new RowEmbedder(DIMENSION));
        one.collection(Fixture.schema(
                "notes",
                null,
                new Field("id", ValueType.STRING),
                new Field("text", ValueType.STRING),
                new Field("v", ValueType.VECTOR, DIMENSION)));
        one.control(new CatalogChange.CreateVectorIndex(
                new VectorIndexDefinition(
                        0,
                        "notes_v",
                        "notes",
                        "v",
                        DIMENSION,
                        Metric.COSINE,
                        VectorEngine.FLAT,
                        Freshness.of(FreshnessMode.IMMEDIATE),
                        16,
                        100,
                        100,
                        VectorIndexDefinition.Quantization.NONE,
                        VectorIndexDefinition.Rescore.MEMORY,
                        List.of(),
                        VectorIndexDefinition.DimensionPolicy.ERROR,
                        4.0,
                        "text",
                        0),
                false));
        one.background();
        one.offset = 258;
        one.upsert("notes", "ä", Map.of("text", "Größe"));
        one.shards.flush();
        var store = one.storages.get(0).open(StateNames.VECTOR_EMBEDDING);

        byte[] waits = store.get(Bytes.ofLong(1), Bytes.utf8("ä"));
        byte[] directory = store.get(Bytes.NONE, Bytes.ofLong(1));

        assertThat(HexFormat.of().formatHex(waits))
                .isEqualTo("01" + "3cf001956b9eb8f1" + "0000000000000102"
                        + HexFormat.of().formatHex(Bytes.utf8("millrace.events-0")));
        assertThat(directory).containsExactly(1, 1, 0, 0, 0, 0, 0, 0, 0, 1);
        one.crash();
        assertThat(one.shards.pendingEmbeddings()).isOne();
    }
}
