package io.millrace.index.vector;

/** The vectors of a graph as a traversal measures them. One thread writes. */
interface Space {
    /** Returns a probe of this space, aimed at nothing. */
    Probe probe();

    /** Aims a probe of this space at a vector; only vectors added since {@link #refresh} may be missing. */
    void aim(Probe probe, float[] vector);

    /** Lets the probe see all slots that there are now. */
    void refresh(Probe probe);

    void set(int slot, float[] vector);

    long memoryBytes();
}
