package io.millrace.index.vector;

import io.millrace.protocol.catalog.Metric;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Full precision. l2: the squared distance; ip: the negative product; cosine: the negative similarity. */
final class FloatSpace implements Space {
    private static final GraphKernel KERNEL = GraphKernels.KERNEL;

    /** Where vectors are longer than one over this, products of their components are no denormal floats. */
    private static final float INVERSE_NORM_MAX = 1e15f;

    /** Of the error of codes: whoever is farther by so many is passed over. */
    private static final float GUIDE_SPREADS = 2;

    private final Metric metric;
    private final int dimension;
    private final FloatArena arena;
    private volatile float[] inverseNorms = new float[16];
    private volatile @Nullable Pictures pictures;
    private volatile @Nullable CodeSpace guide;

    FloatSpace(Metric metric, int dimension) {
        this.metric = metric;
        this.dimension = dimension;
        arena = new FloatArena(dimension);
    }

    FloatArena arena() {
        return arena;
    }

    @Override
    public void set(int slot, float[] vector) {
        if (metric == Metric.COSINE && slot >= inverseNorms.length) {
            inverseNorms = Arrays.copyOf(inverseNorms, Math.max(slot + 1, inverseNorms.length * 2));
        }
        arena.set(slot, vector);
        if (metric == Metric.COSINE) {
            inverseNorms[slot] = inverse(Distance.norm(metric, vector, 0, dimension));
        }
        Pictures present = pictures;
        if (present != null) {
            present.take(metric, slot, vector);
        }
        CodeSpace guiding = guide;
        if (guiding != null) {
            guiding.set(slot, vector);
        }
    }

    private static float inverse(double norm) {
        return norm == 0 ? 0 : (float) Math.min(1 / norm, Float.MAX_VALUE);
    }

    /** Pictures of all vectors, and where they are taken from. */
    private record Pictures(Frame frame, Sketches sketches, float[] turned) {
        void take(Metric metric, int slot, float[] vector) {
            frame.turn(vector, turned);
            sketches.set(slot, turned, Distance.squaredNormOfIp(metric, vector));
        }
    }

    /** Keeps pictures of these slots and of those that are set from now on. */
    void sketch(Frame frame, int[] slots) {
        Pictures taken = new Pictures(frame, new Sketches(metric, frame.length()), new float[frame.length()]);
        float[] vector = new float[dimension];
        for (int slot : slots) {
            arena.get(slot, vector);
            taken.take(metric, slot, vector);
        }
        pictures = taken;
    }

    /** Keeps codes too, of these slots and of those that are set from now on: they tell most of who is near. */
    void guideBy(ScalarQuantizer quantizer, int[] slots) {
        CodeSpace guiding = new CodeSpace(metric, quantizer);
        float[] vector = new float[dimension];
        for (int slot : slots) {
            arena.get(slot, vector);
            guiding.set(slot, vector);
        }
        guide = guiding;
    }

    /** Returns the codes of all vectors; null while there are none. */
    @Nullable CodeSpace guide() {
        return guide;
    }

    @Override
    public Probe probe() {
        FloatProbe probe = new FloatProbe();
        probe.refresh();
        return probe;
    }

    @Override
    public void aim(Probe probe, float[] vector) {
        ((FloatProbe) probe).aim(vector);
    }

    @Override
    public void refresh(Probe probe) {
        ((FloatProbe) probe).refresh();
    }

    @Override
    public long memoryBytes() {
        Pictures present = pictures;
        CodeSpace guiding = guide;
        return arena.memoryBytes()
                + (guiding == null ? 0 : guiding.memoryBytes())
                + (metric == Metric.COSINE ? (long) Float.BYTES * inverseNorms.length : 0)
                + (present == null ? 0 : present.sketches().memoryBytes());
    }

    private final class FloatProbe extends Probe {
        private final float[] own = new float[arena.stride()];
        private final GraphKernel.Quad quad = new GraphKernel.Quad();
        private final Blocks layout = arena.layout();
        private final int stride = arena.stride();
        private float[][] blocks = arena.blocks();
        private int limit;
        private float[] norms = inverseNorms;
        private float[] point = own;
        private int offset;
        private float scale = 1;
        private @Nullable View view;
        private @Nullable Guided guided;

        void refresh() {
            blocks = arena.blocks();
            norms = inverseNorms;
            limit = metric == Metric.COSINE ? Math.min(arena.capacity(blocks), norms.length) : arena.capacity(blocks);
            refreshView(pictures);
            refreshGuide(guide);
        }

        private void refreshView(@Nullable Pictures present) {
            if (present == null) {
                view = null;
                return;
            }
            if (view == null || view.shown != present) {
                view = new View(present);
            }
            view.look.refresh();
        }

        private void refreshGuide(@Nullable CodeSpace present) {
            if (present == null) {
                guided = null;
                return;
            }
            if (guided == null || guided.by != present) {
                guided = new Guided(present);
            }
            guided.probe.refresh();
            limit = Math.min(limit, guided.probe.limit());
        }

        @Override
        int limit() {
            return limit;
        }

        @Override
        int readAhead(long[] candidates, int count) {
            float sum = 0;
            for (int i = 0; i < count; i++) {
                int slot = Candidates.slot(candidates[i]);
                float[] block = blocks[layout.block(slot)];
                int from = layout.offset(slot);
                for (int line = from; line < from + stride; line += GraphKernel.CACHE_LINE / Float.BYTES) {
                    sum += block[line];
                }
            }
            return (int) sum;
        }

        void aim(float[] vector) {
            forget();
            System.arraycopy(vector, 0, own, 0, dimension);
            point = own;
            offset = 0;
            scale = metric == Metric.COSINE ? -inverse(Distance.norm(metric, vector, 0, dimension)) : -1;
        }

        @Override
        void aim(int slot) {
            forget();
            point = blocks[layout.block(slot)];
            offset = layout.offset(slot);
            scale = metric == Metric.COSINE ? -norms[slot] : -1;
        }

        private void forget() {
            if (view != null) {
                view.isAimed = false;
            }
            if (guided != null) {
                guided.isAimed = false;
            }
        }

        @Override
        boolean hasPictures() {
            return view != null || guided != null;
        }

        @Override
        boolean picturesAreSharp() {
            return guided != null;
        }

        @Override
        int promising(int[] slots, int count, float worst, boolean atHome) {
            if (guided != null) {
                if (!guided.isAimed) {
                    guided.aim(point, offset);
                }
                return guided.probe.promising(slots, count, worst, GUIDE_SPREADS);
            }
            if (view == null) {
                return count;
            }
            if (!view.isAimed) {
                view.aim(point, offset);
            }
            return view.look.promising(slots, count, worst, atHome);
        }

        @Override
        float distance(int slot) {
            float[] block = blocks[layout.block(slot)];
            int at = layout.offset(slot);
            return switch (metric) {
                case L2 -> KERNEL.squaredL2(point, offset, block, at, stride);
                case IP -> -KERNEL.dot(point, offset, block, at, stride);
                case COSINE -> scale * norms[slot] * KERNEL.dot(point, offset, block, at, stride);
            };
        }

        @Override
        void distances(int[] slots, int count, float[] out) {
            int last = count - 1;
            int i = 0;
            if (metric == Metric.L2) {
                for (; i < last; i += 4) {
                    load(slots, i, last);
                    KERNEL.squaredL2(point, offset, quad, stride, out, i);
                }
            } else {
                for (; i < last; i += 4) {
                    load(slots, i, last);
                    KERNEL.dot(point, offset, quad, stride, out, i);
                }
                scale(slots, 0, Math.min(i, count), out);
            }
            if (i == last) {
                out[i] = distance(slots[i]);
            }
        }

        @Override
        void distances4(int[] slots, int at, int last, float[] out) {
            load(slots, at, last);
            if (metric == Metric.L2) {
                KERNEL.squaredL2(point, offset, quad, stride, out, 0);
                return;
            }
            KERNEL.dot(point, offset, quad, stride, out, 0);
            scale(slots, at, Math.min(4, last - at + 1), out);
        }

        private void scale(int[] slots, int at, int count, float[] out) {
            for (int i = 0; i < count; i++) {
                out[i] *= metric == Metric.COSINE ? scale * norms[slots[at + i]] : -1;
            }
        }

        @Override
        double bestScore(int slot, float distance) {
            // Twice what rounding of each term and of their sum may come to.
            double rounding = dimension * 0x1p-22;
            return switch (metric) {
                case L2 ->
                    Float.isInfinite(distance)
                            ? 0
                            : Math.sqrt(Math.max(0, distance * (1 - rounding) - dimension * (double) Float.MIN_NORMAL));
                case COSINE -> isRound(slot, distance) ? rounding - distance : 1;
                case IP -> Double.POSITIVE_INFINITY; // Rounding grows with lengths that are not known here.
            };
        }

        /** Returns whether nothing of a cosine was too large or too small for a float. */
        private boolean isRound(int slot, float distance) {
            return Float.isFinite(distance) && -scale <= INVERSE_NORM_MAX && norms[slot] <= INVERSE_NORM_MAX;
        }

        private void load(int[] slots, int i, int last) {
            int s0 = slots[i];
            int s1 = slots[Math.min(i + 1, last)];
            int s2 = slots[Math.min(i + 2, last)];
            int s3 = slots[Math.min(i + 3, last)];
            quad.b0 = blocks[layout.block(s0)];
            quad.b1 = blocks[layout.block(s1)];
            quad.b2 = blocks[layout.block(s2)];
            quad.b3 = blocks[layout.block(s3)];
            quad.o0 = layout.offset(s0);
            quad.o1 = layout.offset(s1);
            quad.o2 = layout.offset(s2);
            quad.o3 = layout.offset(s3);
        }
    }

    /** Looks at the pictures; aimed only when it is asked, for most measuring does without. */
    private final class View {
        private final Pictures shown;
        private final Frame frame;
        private final Sketches.Look look;
        private final float[] vector = new float[dimension];
        private final float[] turned;
        private boolean isAimed;

        View(Pictures shown) {
            this.shown = shown;
            frame = shown.frame().copy();
            look = shown.sketches().look();
            turned = new float[frame.length()];
        }

        void aim(float[] point, int offset) {
            System.arraycopy(point, offset, vector, 0, dimension);
            frame.turn(vector, turned);
            look.from(turned, (float) Distance.squaredNormOfIp(metric, vector));
            isAimed = true;
        }
    }

    /** Tells by codes; aimed only when it is asked. */
    private final class Guided {
        private final CodeSpace by;
        private final CodeSpace.CodeProbe probe;
        private final float[] vector = new float[dimension];
        private boolean isAimed;

        Guided(CodeSpace by) {
            this.by = by;
            probe = by.probe();
        }

        void aim(float[] point, int offset) {
            System.arraycopy(point, offset, vector, 0, dimension);
            probe.aim(vector);
            isAimed = true;
        }
    }
}
