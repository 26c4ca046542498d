package io.millrace.index.state;

import java.io.IOException;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSchemaCompatibility;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** Says in a savepoint which version of {@link BytesSerializer} wrote it. */
public final class BytesSerializerSnapshot implements TypeSerializerSnapshot<byte[]> {
    private static final int VERSION = 1;

    @Override
    public int getCurrentVersion() {
        return VERSION;
    }

    @Override
    public void writeSnapshot(DataOutputView out) {
        // The version says it all.
    }

    @Override
    public void readSnapshot(int readVersion, DataInputView in, ClassLoader userCodeClassLoader) throws IOException {
        if (readVersion != VERSION) {
            throw new IOException("unknown version " + readVersion + " of BytesSerializer, this is " + VERSION);
        }
    }

    @Override
    public TypeSerializer<byte[]> restoreSerializer() {
        return BytesSerializer.INSTANCE;
    }

    @Override
    public TypeSerializerSchemaCompatibility<byte[]> resolveSchemaCompatibility(
            TypeSerializerSnapshot<byte[]> oldSerializerSnapshot) {
        return oldSerializerSnapshot instanceof BytesSerializerSnapshot
                ? TypeSerializerSchemaCompatibility.compatibleAsIs()
                : TypeSerializerSchemaCompatibility.incompatible();
    }
}
