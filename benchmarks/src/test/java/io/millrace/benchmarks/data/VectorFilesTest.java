package io.millrace.benchmarks.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VectorFilesTest {
    @TempDir
    Path folder;

    private Path file(String name, int... bytes) throws IOException {
        byte[] content = new byte[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            content[i] = (byte) bytes[i];
        }
        Path file = folder.resolve(name);
        try (OutputStream plain = Files.newOutputStream(file);
                OutputStream out = name.endsWith(".gz") ? new GZIPOutputStream(plain) : plain) {
            out.write(content);
        }
        return file;
    }

    @Test
    void floatsAndIdsComeBackAsTheyWereWritten() throws IOException {
        float[][] vectors = {{1.5f, -2}, {Float.MIN_VALUE, 0}};
        VectorFiles.writeFloats(folder.resolve("a.fvecs"), vectors);
        assertThat(VectorFiles.readFloats(folder.resolve("a.fvecs"))).isDeepEqualTo(vectors);
        int[][] ids = {{3, 1, 70_000}, {}};
        VectorFiles.writeIds(folder.resolve("a.ivecs"), ids);
        assertThat(VectorFiles.readIds(folder.resolve("a.ivecs"))).isDeepEqualTo(ids);
    }

    @Test
    void bytesAreUnsigned() throws IOException {
        float[][] expected = {{1, 255}, {0, 128}};
        assertThat(VectorFiles.readFloats(file("a.u8bin", 2, 0, 0, 0, 2, 0, 0, 0, 1, 255, 0, 128)))
                .isDeepEqualTo(expected);
        assertThat(VectorFiles.readFloats(file("a.bvecs.gz", 2, 0, 0, 0, 1, 255, 2, 0, 0, 0, 0, 128)))
                .isDeepEqualTo(expected);
    }

    @Test
    void fileThatEndsWithinARowIsRefused() throws IOException {
        Path cut = file("a.bvecs", 2, 0, 0, 0, 1);
        assertThatIOException().isThrownBy(() -> VectorFiles.readFloats(cut));
        Path other = file("a.csv", 1);
        assertThatIOException().isThrownBy(() -> VectorFiles.readFloats(other));
    }
}
