package io.millrace.protocol.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.Golden;
import io.millrace.protocol.MillraceException;
import io.millrace.protocol.catalog.Catalog;
import io.millrace.protocol.catalog.CatalogChange;
import io.millrace.protocol.catalog.CatalogExamples;
import io.millrace.protocol.catalog.ControlRecord;
import io.millrace.protocol.catalog.VectorIndexDefinition;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ControlCodecTest {
    @Test
    void everyChangeHasAnExample() {
        assertThat(CatalogExamples.records().values())
                .extracting(entry -> (Object) entry.change().getClass())
                .containsExactlyInAnyOrder((Object[]) CatalogChange.class.getPermittedSubclasses());
    }

    @Test
    void committedRecordsReadAndWriteToTheSameJson() throws MillraceException {
        StringBuilder lines = new StringBuilder();
        for (ControlRecord entry : CatalogExamples.records().values()) {
            lines.append(text(ControlCodec.write(entry))).append('\n');
        }
        Golden.verify("control-v1.jsonl", lines.toString());

        for (String line : Golden.read("control-v1.jsonl").lines().toList()) {
            ControlRecord entry = ControlCodec.read(bytes(line));
            assertThat(CatalogExamples.records()).containsValue(entry);
            assertThat(text(ControlCodec.write(entry))).isEqualTo(line);
        }
    }

    @Test
    void committedCatalogStillReads() {
        Golden.verify("catalog-v1.json", text(ControlCodec.writeCatalog(CatalogExamples.catalog())) + "\n");

        Catalog read = ControlCodec.readCatalog(bytes(Golden.read("catalog-v1.json")));
        assertThat(read).isEqualTo(CatalogExamples.catalog());
        assertThat(read.outcomes().keySet())
                .containsExactlyElementsOf(CatalogExamples.catalog().outcomes().keySet());
    }

    /** Control topics and state hold indexes from before there were builds. */
    @Test
    void indexWithoutABuildOffsetWasBuiltWhenItWasCreated() {
        String catalog = text(ControlCodec.writeCatalog(CatalogExamples.catalog()));
        String before = catalog.replaceAll(",\"build_offset\":\\d+", "");

        VectorIndexDefinition index =
                ControlCodec.readCatalog(bytes(before)).vectorIndex("papers_v").orElseThrow();

        assertThat(before).isNotEqualTo(catalog);
        assertThat(index.buildOffset()).isEqualTo(index.id());
    }

    @Test
    void enumsReadInAnyCase() throws MillraceException {
        Map<String, ControlRecord> records = CatalogExamples.records();
        String lower = text(ControlCodec.write(java.util.Objects.requireNonNull(records.get("create_collection"))));

        assertThat(ControlCodec.read(bytes(lower.replace("\"skip\"", "\"SKIP\""))))
                .isEqualTo(records.get("create_collection"));
    }

    /** One record that cannot be read must not stop the readers of all that come behind it. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "null",
                "[]",
                "{}",
                "not JSON",
                "{\"request_id\":\"r\"}",
                "{\"request_id\":\"r\",\"change\":null}",
                "{\"request_id\":\"r\",\"change\":{}}",
                "{\"request_id\":\"r\",\"change\":{\"op\":\"explode\"}}",
                "{\"request_id\":\"r\",\"change\":{\"op\":\"create_collection\",\"if_not_exists\":false}}",
                "{\"request_id\":\"r\",\"change\":{\"op\":\"create_collection\",\"collection\":{\"id\":0},\"if_not_exists\":false}}",
                "{\"request_id\":\"r\",\"change\":{\"op\":\"add_field\",\"collection\":\"c\"}}",
                "{\"request_id\":\"r\",\"change\":{\"op\":\"add_field\",\"field\":{\"name\":\"f\",\"type\":\"int\",\"dimension\":0}}}",
                "{\"request_id\":\"r\",\"change\":{\"op\":\"add_field\",\"collection\":\"c\",\"field\":{\"name\":\"f\",\"type\":\"vector\",\"dimension\":0}}}",
                "{\"request_id\":\"r\",\"change\":{\"op\":\"drop_collection\",\"if_exists\":true}}",
                "{\"request_id\":\"r\",\"change\":{\"op\":\"drop_edge_type\",\"if_exists\":true}}",
                "{\"request_id\":\"r\",\"change\":{\"op\":\"drop_vector_index\",\"if_exists\":true}}",
                "{\"request_id\":\"r\",\"change\":{\"op\":\"create_event_type\",\"event_type\":null,\"if_not_exists\":true}}",
                "{\"request_id\":\"r\",\"change\":{\"op\":\"create_edge_type\",\"edge_type\":null,\"if_not_exists\":true}}",
                "{\"request_id\":\"r\",\"change\":{\"op\":\"create_vector_index\",\"index\":null,\"if_not_exists\":true}}",
                "{\"request_id\":\"r\",\"change\":{\"op\":\"alter_vector_index\",\"name\":\"i\",\"freshness\":null}}",
                "{\"request_id\":\"r\",\"change\":{\"op\":\"alter_vector_index\",\"name\":\"i\",\"freshness\":{\"batch_rows\":0}}}",
                "{\"request_id\":\"r\",\"change\":{\"op\":\"alter_vector_index\",\"name\":\"i\",\"freshness\":{},\"ef_search\":0}}",
                "{\"request_id\":\"r\",\"change\":{\"op\":\"build_vector_index\"}}",
                "{\"request_id\":\"r\",\"change\":{\"op\":\"drop_collection\",\"name\":\"c\",\"if_exists\":true,\"more\":1}}"
            })
    void recordThatCannotBeReadIsInvalidAndNothingElse(String record) {
        assertThatThrownBy(() -> ControlCodec.read(bytes(record)))
                .isInstanceOfSatisfying(
                        MillraceException.class,
                        e -> assertThat(e.problems())
                                .singleElement()
                                .satisfies(problem -> assertThat(problem.code()).isEqualTo(ErrorCode.INVALID_JSON)));
    }

    @Test
    void catalogInStateThatCannotBeReadIsAFault() {
        assertThatThrownBy(() -> ControlCodec.readCatalog(bytes("{"))).isInstanceOf(UncheckedIOException.class);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
