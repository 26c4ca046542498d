package io.millrace.benchmarks.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.benchmarks.data.Dataset;
import io.millrace.protocol.catalog.Metric;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class EngineWorkerITCase {
    private static final Dataset DATA = Dataset.synthetic(Metric.L2, 2_500, 16, 20, 1, 10);

    @ParameterizedTest
    @EnumSource
    void everyEngineFindsTheNearestAlsoWhenItWasReadBack(EngineKind kind) {
        EngineSpec spec = new EngineSpec(kind, DATA.metric(), DATA.dimension(), 8, 60, false);
        SearchSetting setting = new SearchSetting(10, 200, 4);
        try (EngineWorker worker = new EngineWorker(spec, DATA)) {
            BuildResult build = worker.build();
            assertThat(build.cpuSeconds()).isPositive();
            assertThat(build.insertP99Micros()).isGreaterThanOrEqualTo(build.insertP50Micros());
            SearchResult before = worker.search(setting, 1);
            assertThat(before.recall()).isGreaterThan(0.95);
            assertThat(before.qps()).isPositive();
            RestoreResult restore = worker.restore();
            assertThat(restore.kept())
                    .isEqualTo(kind != EngineKind.JVECTOR && !kind.toString().endsWith("bare"));
            assertThat(worker.search(setting, 1).recall()).isEqualTo(before.recall());
        }
    }
}
