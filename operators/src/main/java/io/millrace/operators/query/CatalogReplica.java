package io.millrace.operators.query;

import io.millrace.protocol.MillraceException;
import io.millrace.protocol.catalog.Catalog;
import io.millrace.protocol.catalog.ControlOutcome;
import io.millrace.protocol.catalog.ControlRecord;
import io.millrace.protocol.codec.ControlCodec;
import java.util.Optional;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The catalog of one subtask, in its checkpoints. Every subtask writes all of it and reads back the newest of all: the
 * control stream has shown each the same records when a barrier passes.
 */
final class CatalogReplica {
    private static final Logger LOG = LoggerFactory.getLogger(CatalogReplica.class);
    private static final String STATE = "catalog";

    private final ListState<byte[]> state;
    private Catalog catalog = Catalog.EMPTY;

    /** What became of a control record, for the coordinator that waits for it. */
    record Applied(String requestId, ControlOutcome outcome) {}

    private CatalogReplica(ListState<byte[]> state) {
        this.state = state;
    }

    static CatalogReplica initialize(StateInitializationContext context) throws Exception {
        ListState<byte[]> state = context.getOperatorStateStore()
                .getUnionListState(
                        new ListStateDescriptor<>(STATE, PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO));
        CatalogReplica replica = new CatalogReplica(state);
        for (byte[] bytes : state.get()) {
            Catalog candidate = ControlCodec.readCatalog(bytes);
            if (candidate.version() > replica.catalog.version()) {
                replica.catalog = candidate;
            }
        }
        return replica;
    }

    /**
     * Reads what the source holds beyond the checkpoint. Behind a checkpoint the events come again without waiting for the
     * control stream: one of a collection that was created since would meet a catalog without it.
     */
    void catchUp(CatalogSource source) {
        catalog = source.readToEnd(catalog);
    }

    void snapshot() throws Exception {
        state.clear();
        state.add(ControlCodec.writeCatalog(catalog));
    }

    Catalog catalog() {
        return catalog;
    }

    /** Applies a record of the control stream; empty if it cannot be read, or nobody remembers what became of it. */
    Optional<Applied> apply(long offset, byte[] value) {
        ControlRecord entry;
        try {
            entry = ControlCodec.read(value);
        } catch (MillraceException e) {
            LOG.warn("Control record {} is skipped: {}", offset, e.getMessage());
            catalog = catalog.at(offset + 1);
            return Optional.empty();
        }
        catalog = catalog.apply(offset, entry);
        return catalog.outcome(entry.requestId()).map(outcome -> new Applied(entry.requestId(), outcome));
    }
}
