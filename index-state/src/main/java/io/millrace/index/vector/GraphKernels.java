package io.millrace.index.vector;

/** Chooses the kernel once a process, which keeps the calls to it direct. */
final class GraphKernels {
    static final GraphKernel KERNEL = Distance.hasVectorModule() ? new SimdGraphKernel() : new ScalarGraphKernel();

    private GraphKernels() {}
}
