package io.millrace.protocol.codec;

import io.millrace.protocol.fragment.FragmentOperation;
import io.millrace.protocol.fragment.FragmentOperation.ClusterPlace;
import io.millrace.protocol.fragment.FragmentOperation.CountEdges;
import io.millrace.protocol.fragment.FragmentOperation.ReadClusterMembers;
import io.millrace.protocol.fragment.FragmentOperation.ReadClusters;
import io.millrace.protocol.fragment.FragmentOperation.ReadStatistics;
import io.millrace.protocol.fragment.FragmentOperation.TopDegrees;
import io.millrace.protocol.value.ValueReader;
import io.millrace.protocol.value.ValueWriter;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The operations behind {@code compute.read}, in binary: kinds from 20 on. */
final class ComputedReadCodec {
    private static final int STATISTICS = 20;
    private static final int EDGES = 21;
    private static final int CLUSTERS = 22;
    private static final int CLUSTER_MEMBERS = 23;
    private static final int TOP_DEGREES = 24;

    private ComputedReadCodec() {}

    static void write(FragmentOperation operation, ValueWriter out) {
        if (operation instanceof ReadStatistics read) {
            out.writeByte(STATISTICS);
            CodecLists.write(read.collectionIds(), out, out::writeLong);
        } else if (operation instanceof CountEdges count) {
            out.writeByte(EDGES);
            CodecLists.writeStrings(count.keys(), out);
            CodecLists.write(count.lookups(), out, lookup -> FragmentCodec.writeLookup(lookup, out));
        } else if (operation instanceof ReadClusters read) {
            out.writeByte(CLUSTERS);
            out.writeLong(read.indexId());
        } else if (operation instanceof ReadClusterMembers read) {
            out.writeByte(CLUSTER_MEMBERS);
            writeMembers(read, out);
        } else if (operation instanceof TopDegrees top) {
            out.writeByte(TOP_DEGREES);
            out.writeLong(top.collectionId());
            CodecLists.write(top.lookups(), out, lookup -> FragmentCodec.writeLookup(lookup, out));
            out.writeInt(top.k());
        } else {
            MatchReadCodec.write(operation, out);
        }
    }

    static FragmentOperation read(int kind, ValueReader in) {
        return switch (kind) {
            case STATISTICS -> new ReadStatistics(CodecLists.read(in, in::readLong));
            case EDGES ->
                new CountEdges(CodecLists.readStrings(in), CodecLists.read(in, () -> FragmentCodec.readLookup(in)));
            case CLUSTERS -> new ReadClusters(in.readLong());
            case CLUSTER_MEMBERS -> readMembers(in);
            case TOP_DEGREES ->
                new TopDegrees(in.readLong(), CodecLists.read(in, () -> FragmentCodec.readLookup(in)), in.readInt());
            default -> MatchReadCodec.read(kind, in);
        };
    }

    private static void writeMembers(ReadClusterMembers read, ValueWriter out) {
        out.writeLong(read.indexId());
        out.writeBoolean(read.keys() != null);
        if (read.keys() != null) {
            CodecLists.writeStrings(read.keys(), out);
        }
        CodecLists.write(read.places(), out, place -> {
            out.writeVarint(place.shard());
            out.writeVarint(place.label());
            out.writeVarint(place.cluster());
        });
        CodecLists.write(read.centroids(), out, out::writeFloats);
        CodecLists.write(read.sizes(), out, out::writeLong);
        PredicateCodec.write(read.filter(), out);
        FragmentCodec.writeSortKeys(read.orderBy(), out);
        out.writeInt(read.limit());
    }

    private static ReadClusterMembers readMembers(ValueReader in) {
        return new ReadClusterMembers(
                in.readLong(),
                readKeys(in),
                CodecLists.read(in, () -> new ClusterPlace(in.readVarint(), in.readVarint(), in.readVarint())),
                CodecLists.read(in, in::readFloats),
                CodecLists.read(in, in::readLong),
                PredicateCodec.read(in),
                FragmentCodec.readSortKeys(in),
                in.readInt());
    }

    private static @Nullable List<String> readKeys(ValueReader in) {
        return in.readBoolean() ? CodecLists.readStrings(in) : null;
    }
}
