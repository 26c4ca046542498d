package io.millrace.operators.support;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.apache.flink.runtime.event.WatermarkEvent;
import org.apache.flink.streaming.api.operators.Output;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.LatencyMarker;
import org.apache.flink.streaming.runtime.streamrecord.RecordAttributes;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.runtime.watermarkstatus.WatermarkStatus;
import org.apache.flink.util.OutputTag;

/** What an operator has emitted, in order; every value has been through the serializer of its stream. */
final class Collected<O> implements Output<StreamRecord<O>> {
    private final TypeInformation<O> type;
    private final List<O> values = new ArrayList<>();
    private final Map<OutputTag<?>, List<Object>> sides = new HashMap<>();

    Collected(TypeInformation<O> type) {
        this.type = type;
    }

    /** Returns what came since the last time. */
    List<O> take() {
        List<O> taken = List.copyOf(values);
        values.clear();
        return taken;
    }

    @SuppressWarnings("unchecked") // Under a tag are only values of its type.
    <X> List<X> take(OutputTag<X> tag) {
        List<Object> taken = sides.remove(tag);
        return taken == null ? List.of() : (List<X>) taken;
    }

    @Override
    public void collect(StreamRecord<O> element) {
        values.add(overTheWire(element.getValue(), type));
    }

    @Override
    public <X> void collect(OutputTag<X> tag, StreamRecord<X> element) {
        sides.computeIfAbsent(tag, each -> new ArrayList<>()).add(overTheWire(element.getValue(), tag.getTypeInfo()));
    }

    static <X> X overTheWire(X value, TypeInformation<X> type) {
        TypeSerializer<X> serializer = type.createSerializer(new SerializerConfigImpl());
        try {
            DataOutputSerializer out = new DataOutputSerializer(256);
            serializer.serialize(value, out);
            return serializer.deserialize(new DataInputDeserializer(out.getCopyOfBuffer()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void emitWatermark(Watermark mark) {
        throw new AssertionError("nothing here has event time");
    }

    @Override
    public void emitWatermark(WatermarkEvent event) {
        throw new AssertionError("nothing here has event time");
    }

    @Override
    public void emitWatermarkStatus(WatermarkStatus status) {
        throw new AssertionError("nothing here has event time");
    }

    @Override
    public void emitLatencyMarker(LatencyMarker marker) {}

    @Override
    public void emitRecordAttributes(RecordAttributes attributes) {}

    @Override
    public void close() {}
}
