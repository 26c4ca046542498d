package io.millrace.protocol.codec;

import io.millrace.protocol.fragment.FragmentOperation;
import io.millrace.protocol.fragment.FragmentOperation.ExpandEdges;
import io.millrace.protocol.fragment.FragmentOperation.ScanVertices;
import io.millrace.protocol.value.ValueReader;
import io.millrace.protocol.value.ValueWriter;

/** The operations behind patterns, in binary: kinds from 30 on. */
final class MatchReadCodec {
    private static final int EDGES = 30;
    private static final int VERTICES = 31;

    private MatchReadCodec() {}

    static void write(FragmentOperation operation, ValueWriter out) {
        if (operation instanceof ExpandEdges expand) {
            out.writeByte(EDGES);
            CodecLists.write(expand.vertices(), out, vertex -> FragmentCodec.writeVertex(vertex, out));
            CodecLists.write(expand.lookups(), out, lookup -> FragmentCodec.writeLookup(lookup, out));
            PredicateCodec.write(expand.edgeFilter(), out);
            CodecLists.writeStrings(expand.columns(), out);
            out.writeInt(expand.edgesMax());
        } else if (operation instanceof ScanVertices scan) {
            out.writeByte(VERTICES);
            CodecLists.write(scan.lookups(), out, lookup -> FragmentCodec.writeLookup(lookup, out));
            out.writeInt(scan.limit());
        } else {
            throw new IllegalArgumentException("no binary form of " + operation);
        }
    }

    static FragmentOperation read(int kind, ValueReader in) {
        return switch (kind) {
            case EDGES ->
                new ExpandEdges(
                        CodecLists.read(in, () -> FragmentCodec.readVertex(in)),
                        CodecLists.read(in, () -> FragmentCodec.readLookup(in)),
                        PredicateCodec.read(in),
                        CodecLists.readStrings(in),
                        in.readInt());
            case VERTICES -> new ScanVertices(CodecLists.read(in, () -> FragmentCodec.readLookup(in)), in.readInt());
            default -> throw new IllegalStateException("unknown fragment operation " + kind);
        };
    }
}
