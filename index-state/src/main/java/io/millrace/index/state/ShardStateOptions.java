package io.millrace.index.state;

import java.util.Collection;
import org.apache.flink.state.rocksdb.RocksDBOptionsFactory;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.DBOptions;
import org.rocksdb.Env;
import org.rocksdb.Priority;

/**
 * What Flink has no keys for. A checkpoint writes the memtables out while the task stands still and requests wait, so
 * memtables are small, and the tasks of a process do not queue for one thread to write them, nor for one to compact: all
 * databases of a process share these threads. Small memtables make small files: so more of them are compacted at a time,
 * else each would be merged with a whole level. Levels and files begin small and grow from level to level, so that no
 * compaction takes so long that writers wait for it.
 */
public final class ShardStateOptions implements RocksDBOptionsFactory {
    private static final long serialVersionUID = 1;

    private static final int COMPACT_AT_FILES = 16;
    private static final int SLOW_DOWN_AT_FILES = 48;
    private static final int STOP_AT_FILES = 64;

    @Override
    public DBOptions createDBOptions(DBOptions options, Collection<AutoCloseable> handlesToClose) {
        int cores = Runtime.getRuntime().availableProcessors();
        Env.getDefault().setBackgroundThreads(cores, Priority.HIGH);
        Env.getDefault().setBackgroundThreads(cores, Priority.LOW);
        return options;
    }

    @Override
    public ColumnFamilyOptions createColumnOptions(
            ColumnFamilyOptions options, Collection<AutoCloseable> handlesToClose) {
        return options.setLevel0FileNumCompactionTrigger(COMPACT_AT_FILES)
                .setLevel0SlowdownWritesTrigger(SLOW_DOWN_AT_FILES)
                .setLevel0StopWritesTrigger(STOP_AT_FILES)
                .setTargetFileSizeMultiplier(2);
    }
}
