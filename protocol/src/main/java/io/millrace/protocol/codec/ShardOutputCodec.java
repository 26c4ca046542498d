package io.millrace.protocol.codec;

import io.millrace.protocol.Problem;
import io.millrace.protocol.catalog.ControlOutcome;
import io.millrace.protocol.catalog.FreshnessMode;
import io.millrace.protocol.fragment.ControlApplied;
import io.millrace.protocol.fragment.FragmentStats;
import io.millrace.protocol.fragment.Partial;
import io.millrace.protocol.fragment.PartialResult;
import io.millrace.protocol.fragment.PartialResult.WaitingFor;
import io.millrace.protocol.fragment.SearchStats;
import io.millrace.protocol.fragment.ShardCertificate;
import io.millrace.protocol.fragment.ShardOutput;
import io.millrace.protocol.fragment.ShardStats;
import io.millrace.protocol.fragment.SourceProgress;
import io.millrace.protocol.value.ValueReader;
import io.millrace.protocol.value.ValueWriter;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Partials and acknowledged control records in binary, version 1 in front. They live in no checkpoint. */
public final class ShardOutputCodec {
    private static final WaitingFor[] WAITING_FOR = WaitingFor.values();
    private static final int VERSION = 1;

    private ShardOutputCodec() {}

    public static void write(ShardOutput output, ValueWriter out) {
        out.writeByte(VERSION);
        out.writeString(output.requestId());
        if (output instanceof Partial partial) {
            out.writeByte(0);
            writePartial(partial, out);
        } else {
            out.writeByte(1);
            ControlApplied applied = (ControlApplied) output;
            out.writeBoolean(applied.planner());
            writeInts(applied.members(), out);
            writeOutcome(applied.outcome(), out);
        }
    }

    public static ShardOutput read(ValueReader in) {
        int version = in.readByte();
        if (version != VERSION) {
            throw new IllegalStateException("unknown shard output version " + version);
        }
        String requestId = in.readString();
        return in.readByte() == 0
                ? readPartial(requestId, in)
                : new ControlApplied(requestId, in.readBoolean(), readInts(in), readOutcome(in));
    }

    private static void writePartial(Partial partial, ValueWriter out) {
        out.writeInt(partial.attempt());
        out.writeInt(partial.step());
        out.writeInt(partial.round());
        writeInts(partial.shards(), out);
        out.writeVarint(partial.certificates().size());
        partial.certificates().forEach(certificate -> writeCertificate(certificate, out));
        PartialResult result = partial.result();
        if (result instanceof PartialResult.Rows rows) {
            out.writeByte(0);
            writeRows(rows, out);
        } else if (result instanceof PartialResult.Failed failed) {
            out.writeByte(1);
            out.writeVarint(failed.problems().size());
            failed.problems().forEach(problem -> ProblemCodec.write(problem, out));
        } else if (result instanceof PartialResult.Part part) {
            out.writeByte(4);
            out.writeVarint(part.number());
            writeTable(part.rows(), out);
        } else {
            PartialResult.Waiting waiting = (PartialResult.Waiting) result;
            out.writeByte(waiting.reason() == WaitingFor.OFFSETS ? 2 : 3);
            FragmentCodec.writeToken(waiting.applied(), out);
            if (waiting.reason() != WaitingFor.OFFSETS) {
                out.writeByte(waiting.reason().ordinal());
            }
        }
    }

    private static Partial readPartial(String requestId, ValueReader in) {
        int attempt = in.readInt();
        int step = in.readInt();
        int round = in.readInt();
        List<Integer> shards = readInts(in);
        int certificateCount = in.readVarint();
        List<ShardCertificate> certificates = new ArrayList<>(certificateCount);
        for (int i = 0; i < certificateCount; i++) {
            certificates.add(readCertificate(in));
        }
        int kind = in.readByte();
        PartialResult result = switch (kind) {
            case 0 -> readRows(in);
            case 1 -> new PartialResult.Failed(readProblems(in));
            case 2 -> new PartialResult.Waiting(FragmentCodec.readToken(in), WaitingFor.OFFSETS);
            case 3 -> new PartialResult.Waiting(FragmentCodec.readToken(in), WAITING_FOR[in.readByte()]);
            case 4 -> new PartialResult.Part(in.readVarint(), readTable(in));
            default -> throw new IllegalStateException("unknown partial result " + kind);
        };
        return new Partial(requestId, attempt, step, round, shards, certificates, result);
    }

    private static void writeRows(PartialResult.Rows rows, ValueWriter out) {
        out.writeBoolean(rows.truncated());
        FragmentStats stats = rows.stats();
        out.writeLong(stats.rowsRead());
        out.writeLong(stats.rowsMatched());
        out.writeLong(stats.distanceComputations());
        out.writeLong(stats.elapsedNanos());
        out.writeNullableString(stats.path());
        out.writeNullableString(stats.reason());
        out.writeVarint(stats.searches().size());
        stats.searches().forEach(search -> writeSearch(search, out));
        out.writeVarint(stats.shards().size());
        for (ShardStats each : stats.shards()) {
            out.writeVarint(each.shard());
            out.writeLong(each.rowsRead());
            out.writeLong(each.elapsedNanos());
        }
        writeTable(rows.rows(), out);
    }

    private static void writeTable(List<Object[]> rows, ValueWriter out) {
        out.writeVarint(rows.size());
        int width = rows.isEmpty() ? 0 : rows.get(0).length;
        out.writeVarint(width);
        for (@Nullable Object[] row : rows) {
            if (row.length != width) {
                throw new IllegalArgumentException("rows of a partial have " + width + " and " + row.length + " cells");
            }
            for (Object value : row) {
                out.writeValue(value);
            }
        }
    }

    private static PartialResult.Rows readRows(ValueReader in) {
        boolean truncated = in.readBoolean();
        FragmentStats stats = new FragmentStats(
                in.readLong(),
                in.readLong(),
                in.readLong(),
                in.readLong(),
                in.readNullableString(),
                in.readNullableString(),
                readSearches(in),
                readShards(in));
        return new PartialResult.Rows(readTable(in), truncated, stats);
    }

    private static List<ShardStats> readShards(ValueReader in) {
        int count = in.readVarint();
        List<ShardStats> shards = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            shards.add(new ShardStats(in.readVarint(), in.readLong(), in.readLong()));
        }
        return shards;
    }

    private static List<Object[]> readTable(ValueReader in) {
        int rowCount = in.readVarint();
        int width = in.readVarint();
        List<Object[]> rows = new ArrayList<>(rowCount);
        for (int i = 0; i < rowCount; i++) {
            @Nullable Object[] row = new @Nullable Object[width];
            for (int c = 0; c < width; c++) {
                row[c] = in.readValue();
            }
            rows.add(row);
        }
        return rows;
    }

    private static void writeSearch(SearchStats search, ValueWriter out) {
        out.writeVarint(search.shard());
        out.writeString(search.path());
        out.writeNullableString(search.reason());
        out.writeNullableString(search.engine());
        out.writeString(search.filter());
        out.writeVarint(search.efSearch());
        out.writeVarint(search.window());
        out.writeVarint(search.refills());
        out.writeLong(search.scored());
        out.writeLong(search.distanceComputations());
        out.writeLong(search.nodesVisited());
        out.writeBoolean(search.exhausted());
    }

    private static List<SearchStats> readSearches(ValueReader in) {
        int count = in.readVarint();
        List<SearchStats> searches = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            searches.add(new SearchStats(
                    in.readVarint(),
                    in.readString(),
                    in.readNullableString(),
                    in.readNullableString(),
                    in.readString(),
                    in.readVarint(),
                    in.readVarint(),
                    in.readVarint(),
                    in.readLong(),
                    in.readLong(),
                    in.readLong(),
                    in.readBoolean()));
        }
        return searches;
    }

    private static List<Problem> readProblems(ValueReader in) {
        int count = in.readVarint();
        List<Problem> problems = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            problems.add(ProblemCodec.read(in));
        }
        return problems;
    }

    private static void writeCertificate(ShardCertificate certificate, ValueWriter out) {
        out.writeVarint(certificate.shard());
        out.writeVarint(certificate.progress().size());
        for (SourceProgress progress : certificate.progress()) {
            out.writeString(progress.partition());
            out.writeLong(progress.applied());
            out.writeLong(progress.appliedUntil());
            out.writeLong(progress.timestampMs());
        }
        out.writeLong(certificate.indexVersion());
        out.writeByte(certificate.mode() == null ? -1 : certificate.mode().ordinal());
        out.writeLong(certificate.pendingRows());
        out.writeLong(certificate.staleRows());
    }

    private static ShardCertificate readCertificate(ValueReader in) {
        int shard = in.readVarint();
        int progressCount = in.readVarint();
        List<SourceProgress> progress = new ArrayList<>(progressCount);
        for (int i = 0; i < progressCount; i++) {
            progress.add(new SourceProgress(in.readString(), in.readLong(), in.readLong(), in.readLong()));
        }
        long indexVersion = in.readLong();
        int mode = in.readByte();
        return new ShardCertificate(
                shard,
                progress,
                indexVersion,
                mode < 0 ? null : FreshnessMode.values()[mode],
                in.readLong(),
                in.readLong());
    }

    private static void writeOutcome(ControlOutcome outcome, ValueWriter out) {
        out.writeLong(outcome.version());
        out.writeBoolean(outcome.changed());
        Problem problem = outcome.problem();
        out.writeBoolean(problem != null);
        if (problem != null) {
            ProblemCodec.write(problem, out);
        }
    }

    private static ControlOutcome readOutcome(ValueReader in) {
        return new ControlOutcome(in.readLong(), in.readBoolean(), in.readBoolean() ? ProblemCodec.read(in) : null);
    }

    private static void writeInts(List<Integer> values, ValueWriter out) {
        out.writeVarint(values.size());
        values.forEach(out::writeVarint);
    }

    private static List<Integer> readInts(ValueReader in) {
        int count = in.readVarint();
        List<Integer> values = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            values.add(in.readVarint());
        }
        return values;
    }
}
