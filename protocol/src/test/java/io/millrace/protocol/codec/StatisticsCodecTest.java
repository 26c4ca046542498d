package io.millrace.protocol.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.Golden;
import io.millrace.protocol.MillraceException;
import io.millrace.protocol.statistics.DegreeStatistics;
import io.millrace.protocol.statistics.FieldStatistics;
import io.millrace.protocol.statistics.StatisticsMessage;
import io.millrace.protocol.statistics.StatisticsMessage.OfCollection;
import io.millrace.protocol.statistics.StatisticsMessage.OfWork;
import io.millrace.protocol.statistics.WorkKind;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class StatisticsCodecTest {
    private static final StatisticsMessage COLLECTION = new OfCollection(
            3,
            7,
            1_000,
            List.of(new FieldStatistics(
                    "year",
                    990,
                    new byte[] {1, 2, -1},
                    new byte[] {4},
                    List.of(new FieldStatistics.ValueCount("1990", 500), new FieldStatistics.ValueCount("1991", 20)))),
            List.of(new DegreeStatistics(
                    9, true, 1_000, 4_321, new byte[0], List.of(new DegreeStatistics.Hub("p1", 77)), 12)),
            65_536,
            1_700_000_000_000L);

    private static final StatisticsMessage WORK =
            new OfWork(1, Map.of(WorkKind.SCORE, 412.5, WorkKind.EXPAND_VERTEX, 1_500.0));

    private static String text(StatisticsMessage message) {
        return new String(StatisticsCodec.write(message), StandardCharsets.UTF_8);
    }

    @Test
    void messagesAreAsCommitted() {
        Golden.verify("statistics-v2.jsonl", text(COLLECTION) + "\n" + text(WORK) + "\n");
    }

    @Test
    void messagesOfTheFirstVersionAreReadWithoutWhatTheyLack() throws MillraceException {
        byte[] first =
                Golden.read("statistics-v1.jsonl").lines().toList().get(0).getBytes(StandardCharsets.UTF_8);

        OfCollection read = (OfCollection) StatisticsCodec.read(first);

        assertThat(read.rows()).isEqualTo(1_000);
        assertThat(read.degrees().get(0).edges()).isEqualTo(4_321);
        assertThat(read.degrees().get(0).rowlessEdges()).isZero();
        assertThat(read.bytes()).isZero();
        assertThat(read.atMs()).isZero();
    }

    @Test
    void totalsHaveNoValuesAndNoVertices() {
        OfCollection totals = ((OfCollection) COLLECTION).totals();

        assertThat(totals.fields().get(0).frequent()).isEmpty();
        assertThat(totals.fields().get(0).quantiles()).isEmpty();
        assertThat(totals.fields().get(0).distinct()).containsExactly(1, 2, -1);
        assertThat(totals.degrees().get(0).hubs()).isEmpty();
        assertThat(totals.degrees().get(0).edges()).isEqualTo(4_321);
        assertThat(totals.degrees().get(0).rowlessEdges()).isEqualTo(12);
        assertThat(totals.key()).isEqualTo(COLLECTION.key());
    }

    @Test
    void messagesReadBackAreWhatWasWritten() throws MillraceException {
        assertThat(text(StatisticsCodec.read(StatisticsCodec.write(COLLECTION))))
                .isEqualTo(text(COLLECTION));
        assertThat(StatisticsCodec.read(StatisticsCodec.write(WORK))).isEqualTo(WORK);
    }

    @Test
    void keysTellWhatAMessageReplaces() {
        assertThat(COLLECTION.key()).isEqualTo("collection/7/3");
        assertThat(WORK.key()).isEqualTo("work/1");
    }

    @Test
    void whatIsNoMessageIsRefused() {
        for (String bad : List.of("", "[]", "{\"shard\": \"x\"}", "{", "null")) {
            assertThatThrownBy(() -> StatisticsCodec.read(bad.getBytes(StandardCharsets.UTF_8)))
                    .as(bad)
                    .isInstanceOfSatisfying(
                            MillraceException.class,
                            e -> assertThat(e.problems().get(0).code()).isEqualTo(ErrorCode.INVALID_JSON));
        }
    }
}
