package io.millrace.operators.query;

import io.millrace.operators.types.LoopMessage;
import io.millrace.operators.types.SourceRecord;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.flink.api.common.operators.MailboxExecutor;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.AbstractStreamOperatorFactory;
import org.apache.flink.streaming.api.operators.ChainingStrategy;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperatorFactory;
import org.apache.flink.streaming.api.operators.StreamOperator;
import org.apache.flink.streaming.api.operators.StreamOperatorParameters;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.jspecify.annotations.Nullable;

/**
 * Carries the coordinators' fragments back upstream: a tail behind the coordinator hands them to the head of the same
 * subtask through a queue in the JVM. Tail and head must be co-located; the job graph itself has no cycle.
 *
 * <p>What is in the queue is in no checkpoint: a coordinator starts its pending requests again after a restore. The
 * queue has no bound, because a tail that blocks could wait for itself: the coordinators bound the requests in flight.
 */
public final class FragmentLoop {
    /** The co-location group of head, coordinator and tail. */
    public static final String CO_LOCATION = "fragment-loop";

    private static final ConcurrentMap<String, Channel> CHANNELS = new ConcurrentHashMap<>();
    /** Fragments handed on before others have a turn on the head's thread. */
    private static final int DRAIN_MAX = 64;

    private FragmentLoop() {}

    /** The queue between one tail and one head, of one attempt of the job. */
    private static final class Channel {
        private final ConcurrentLinkedQueue<LoopMessage> queue = new ConcurrentLinkedQueue<>();
        private final AtomicBoolean scheduled = new AtomicBoolean();
        private volatile @Nullable Head head;

        void add(LoopMessage message) {
            queue.add(message);
            Head target = head;
            if (target != null) {
                target.schedule();
            }
        }
    }

    private static String channelKey(AbstractStreamOperator<?> operator) {
        var task = operator.getRuntimeContext().getTaskInfo();
        return operator.getRuntimeContext().getJobInfo().getJobId() + "/" + task.getIndexOfThisSubtask() + "/"
                + task.getAttemptNumber();
    }

    /** Puts control records and the fragments of its tail on one stream. */
    public static final class Head extends AbstractStreamOperator<LoopMessage>
            implements OneInputStreamOperator<SourceRecord, LoopMessage> {
        private static final long serialVersionUID = 1;

        private final transient MailboxExecutor mailbox;
        private transient @Nullable Channel channel;
        private transient StreamRecord<LoopMessage> element;
        private transient volatile boolean finished;

        Head(StreamOperatorParameters<LoopMessage> parameters) {
            super(parameters);
            mailbox = parameters.getMailboxExecutor();
        }

        @Override
        public void open() throws Exception {
            super.open();
            element = new StreamRecord<>(null);
            Channel opened = CHANNELS.computeIfAbsent(channelKey(this), key -> new Channel());
            channel = opened;
            getMetricGroup().gauge("queuedFragments", opened.queue::size);
            opened.head = this;
            schedule();
        }

        @Override
        public void processElement(StreamRecord<SourceRecord> input) {
            SourceRecord entry = input.getValue();
            byte[] value = entry.value() == null ? new byte[0] : entry.value();
            output.collect(element.replace(new LoopMessage.Control(entry.offset(), value)));
        }

        private void schedule() {
            Channel current = channel;
            if (current != null && !finished && current.scheduled.compareAndSet(false, true)) {
                try {
                    mailbox.execute(this::drain, "fragment loop");
                } catch (RejectedExecutionException e) {
                    finished = true; // The task ends; the coordinators start again what is lost with it.
                }
            }
        }

        private void drain() {
            Channel current = channel;
            if (current == null) {
                return;
            }
            current.scheduled.set(false);
            LoopMessage message;
            for (int n = 0; n < DRAIN_MAX && !finished && (message = current.queue.poll()) != null; n++) {
                output.collect(element.replace(message));
            }
            if (!current.queue.isEmpty()) {
                schedule();
            }
        }

        @Override
        public void finish() throws Exception {
            finished = true;
            super.finish();
        }

        @Override
        public void close() throws Exception {
            finished = true;
            if (channel != null) {
                CHANNELS.remove(channelKey(this), channel);
            }
            super.close();
        }
    }

    /** Makes heads, which are never chained to what is in front of them. */
    public static final class HeadFactory extends AbstractStreamOperatorFactory<LoopMessage>
            implements OneInputStreamOperatorFactory<SourceRecord, LoopMessage> {
        private static final long serialVersionUID = 1;

        public HeadFactory() {
            setChainingStrategy(ChainingStrategy.HEAD);
        }

        @Override
        @SuppressWarnings("unchecked") // Flink's signature; the cast holds for the one type that this makes.
        public <T extends StreamOperator<LoopMessage>> T createStreamOperator(
                StreamOperatorParameters<LoopMessage> parameters) {
            return (T) new Head(parameters);
        }

        @Override
        @SuppressWarnings("rawtypes")
        public Class<? extends StreamOperator> getStreamOperatorClass(ClassLoader classLoader) {
            return Head.class;
        }
    }

    /** Hands what it gets to the head of its subtask; it has no output. */
    public static final class Tail extends AbstractStreamOperator<LoopMessage>
            implements OneInputStreamOperator<LoopMessage, LoopMessage> {
        private static final long serialVersionUID = 1;

        private transient @Nullable Channel channel;

        @Override
        public void open() throws Exception {
            super.open();
            channel = CHANNELS.computeIfAbsent(channelKey(this), key -> new Channel());
        }

        @Override
        public void processElement(StreamRecord<LoopMessage> input) {
            Channel current = channel;
            if (current != null) {
                current.add(input.getValue());
            }
        }

        @Override
        public void close() throws Exception {
            if (channel != null) {
                CHANNELS.remove(channelKey(this), channel);
            }
            super.close();
        }
    }
}
