package io.millrace.planner.plan;

import io.millrace.planner.plan.Pattern.Binding;
import io.millrace.planner.plan.Pattern.EdgeField;
import io.millrace.planner.plan.Pattern.EdgeTypeName;
import io.millrace.planner.plan.Pattern.Label;
import io.millrace.planner.plan.Pattern.PatternEdge;
import io.millrace.planner.plan.Pattern.PatternVertex;
import io.millrace.planner.plan.Pattern.VertexField;
import io.millrace.planner.plan.Pattern.VertexKey;
import io.millrace.planner.plan.Step.Hop;
import io.millrace.planner.plan.Step.Vertices;
import io.millrace.protocol.codec.CodecLists;
import io.millrace.protocol.codec.PredicateCodec;
import io.millrace.protocol.fragment.FragmentOperation.EdgeLookup;
import io.millrace.protocol.value.ValueReader;
import io.millrace.protocol.value.ValueWriter;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Patterns in binary, and what results show of them. Kinds are append only. */
final class PatternCodec {
    private PatternCodec() {}

    static void write(Pattern pattern, ValueWriter out) {
        CodecLists.write(pattern.collections(), out, vertices -> writeVertices(vertices, out));
        CodecLists.write(pattern.vertices(), out, vertex -> {
            out.writeNullableString(vertex.alias());
            CodecLists.write(vertex.labels(), out, label -> writeLabel(label, out));
        });
        CodecLists.write(pattern.edges(), out, edge -> {
            out.writeNullableString(edge.alias());
            CodecLists.write(edge.hops(), out, hop -> writeHop(hop, out));
            PredicateCodec.write(edge.every(), out);
            PredicateCodec.write(edge.any(), out);
            out.writeVarint(edge.least());
            out.writeVarint(edge.most());
        });
        CodecLists.write(pattern.touching(), out, lookup -> writeLookup(lookup, out));
    }

    static Pattern read(ValueReader in) {
        return new Pattern(
                CodecLists.read(in, () -> readVertices(in)),
                CodecLists.read(
                        in, () -> new PatternVertex(in.readNullableString(), CodecLists.read(in, () -> readLabel(in)))),
                CodecLists.read(
                        in,
                        () -> new PatternEdge(
                                in.readNullableString(),
                                CodecLists.read(in, () -> readHop(in)),
                                PredicateCodec.read(in),
                                PredicateCodec.read(in),
                                in.readVarint(),
                                in.readVarint())),
                CodecLists.read(in, () -> readLookup(in)));
    }

    private static void writeLabel(Label label, ValueWriter out) {
        out.writeVarint(label.collection());
        PredicateCodec.write(label.filter(), out);
        List<String> keys = label.keys();
        out.writeBoolean(keys != null);
        if (keys != null) {
            CodecLists.writeStrings(keys, out);
        }
    }

    private static Label readLabel(ValueReader in) {
        return new Label(in.readVarint(), PredicateCodec.read(in), readKeys(in));
    }

    private static @Nullable List<String> readKeys(ValueReader in) {
        return in.readBoolean() ? CodecLists.readStrings(in) : null;
    }

    static void writeVertices(Vertices vertices, ValueWriter out) {
        out.writeLong(vertices.collectionId());
        out.writeString(vertices.collection());
        out.writeBoolean(vertices.intKey());
        CodecLists.writeStrings(vertices.fields(), out);
    }

    static Vertices readVertices(ValueReader in) {
        return new Vertices(in.readLong(), in.readString(), in.readBoolean(), CodecLists.readStrings(in));
    }

    static void writeHop(Hop hop, ValueWriter out) {
        writeLookup(hop.lookup(), out);
        out.writeString(hop.edgeType());
        out.writeVarint(hop.target());
    }

    static Hop readHop(ValueReader in) {
        return new Hop(readLookup(in), in.readString(), in.readVarint());
    }

    private static void writeLookup(EdgeLookup lookup, ValueWriter out) {
        out.writeVarint(lookup.collection());
        out.writeLong(lookup.edgeTypeId());
        out.writeBoolean(lookup.outgoing());
    }

    private static EdgeLookup readLookup(ValueReader in) {
        return new EdgeLookup(in.readVarint(), in.readLong(), in.readBoolean());
    }

    static void writeBindings(List<Binding> bindings, ValueWriter out) {
        CodecLists.write(bindings, out, binding -> {
            if (binding instanceof VertexKey key) {
                out.writeByte(0);
                out.writeVarint(key.vertex());
            } else if (binding instanceof VertexField field) {
                out.writeByte(1);
                out.writeVarint(field.vertex());
                out.writeString(field.field());
            } else if (binding instanceof EdgeField field) {
                out.writeByte(2);
                out.writeVarint(field.edge());
                out.writeString(field.field());
            } else {
                out.writeByte(3);
                out.writeVarint(((EdgeTypeName) binding).edge());
            }
        });
    }

    static List<Binding> readBindings(ValueReader in) {
        return CodecLists.read(in, () -> {
            int kind = in.readByte();
            return switch (kind) {
                case 0 -> new VertexKey(in.readVarint());
                case 1 -> new VertexField(in.readVarint(), in.readString());
                case 2 -> new EdgeField(in.readVarint(), in.readString());
                case 3 -> new EdgeTypeName(in.readVarint());
                default -> throw new IllegalStateException("unknown kind of binding " + kind);
            };
        });
    }
}
