package io.millrace.index.vector;

import java.util.Arrays;

/**
 * Removes nodes for good. Whoever linked to the node takes over what it linked to, as far as that leads in another
 * direction than the links it has; its children get other parents.
 */
final class HnswRepair {
    private final HnswGraph graph;
    private final HnswInsert insert;
    private final long[] former;
    private final long[] offers;
    private final int[] batch;
    private final float[] distances;

    HnswRepair(HnswGraph graph, HnswInsert insert) {
        this.graph = graph;
        this.insert = insert;
        int room = graph.links().room(0);
        former = new long[room];
        offers = new long[room];
        batch = new int[room];
        distances = new float[room + 3];
    }

    /** Removes the slot's node. */
    void remove(int slot) {
        Probe probe = insert.refreshed();
        LinkTable links = graph.links();
        int[] children = graph.lineage().childrenOf(slot);
        int grandparent = graph.lineage().parent(slot);
        for (int level = links.level(slot); level >= 0; level--) {
            bypass(slot, level, probe);
        }
        graph.close(slot);
        reparent(slot, children, grandparent);
        graph.chooseEntry();
    }

    private void bypass(int slot, int level, Probe probe) {
        LinkTable links = graph.links();
        int[] sources = links.incoming(slot, level);
        int count = links.read(slot, level, former);
        links.replace(slot, level, former, 0);
        for (int source : sources) {
            links.remove(source, level, slot);
            graph.dirty().add(source);
        }
        for (int source : sources) {
            refill(source, level, count, probe);
        }
    }

    /** Adds the former neighbours that lead elsewhere, nearest first; to a node with few links, any. */
    private void refill(int slot, int level, int formerCount, Probe probe) {
        LinkTable links = graph.links();
        int size = links.read(slot, level, offers);
        for (int i = 0; i < size; i++) {
            insert.selector().keep(Candidates.slot(offers[i]), i);
        }
        int count = 0;
        for (int i = 0; i < formerCount; i++) {
            int target = Candidates.slot(former[i]);
            if (target != slot && !links.contains(slot, level, target)) {
                batch[count++] = target;
            }
        }
        probe.aim(slot);
        probe.distances(batch, count, distances);
        for (int i = 0; i < count; i++) {
            offers[i] = Candidates.of(distances[i], batch[i]);
        }
        Arrays.sort(offers, 0, count);
        int room = links.room(level);
        for (int i = 0; i < count && size < room; i++) {
            int target = Candidates.slot(offers[i]);
            float distance = Candidates.distance(offers[i]);
            if (size < graph.m() / 2 || insert.selector().isDiverse(target, distance, size)) {
                insert.selector().keep(target, size++);
                links.add(slot, level, target, distance);
                if (!links.contains(target, level, slot) && links.size(target, level) < room) {
                    links.add(target, level, slot, distance);
                    graph.dirty().add(target);
                }
            }
        }
    }

    private void reparent(int slot, int[] children, int grandparent) {
        Lineage lineage = graph.lineage();
        int first = 0;
        for (int child : children) {
            lineage.set(child, HnswGraph.NONE);
        }
        if (lineage.root() == slot) {
            if (children.length == 0) {
                lineage.clear();
                return;
            }
            lineage.plant(children[0]);
            graph.dirty().add(children[0]);
            first = 1;
        }
        for (int i = first; i < children.length; i++) {
            adopt(children[i], grandparent == HnswGraph.NONE ? lineage.root() : grandparent);
        }
    }

    /** Finds a parent among those who link to the child, then among those it links to, then among its ancestors. */
    private void adopt(int child, int ancestor) {
        LinkTable links = graph.links();
        int parent = rooted(links.incoming(child, 0));
        if (parent == HnswGraph.NONE) {
            int count = links.read(child, 0, former);
            int[] targets = new int[count];
            for (int i = 0; i < count; i++) {
                targets[i] = Candidates.slot(former[i]);
            }
            parent = rooted(targets);
        }
        insert.forceLink(parent == HnswGraph.NONE ? insert.youngest(ancestor) : parent, child);
    }

    private int rooted(int[] slots) {
        Lineage lineage = graph.lineage();
        for (int slot : slots) {
            if (lineage.children(slot) < lineage.childrenMax() && lineage.isRooted(slot)) {
                return slot;
            }
        }
        return HnswGraph.NONE;
    }
}
