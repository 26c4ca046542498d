package io.millrace.index.vector;

/** Adds nodes (the paper's algorithm 1), and sees to it that each has a parent that never drops its link to it. */
final class HnswInsert {
    private final HnswGraph graph;
    private final int efConstruction;

    /** More than the paper's m: a search needs fewer steps, and a list of level 0 has room for twice as many. */
    private final int linksOfNew;

    private final NeighbourSearch search;
    private final NeighbourSelector selector;
    private final long[] chosen;
    private final long[] list;
    private final long[] kept;
    private Probe probe;
    private Space probed;

    HnswInsert(HnswGraph graph, int efConstruction) {
        this.graph = graph;
        this.efConstruction = efConstruction;
        linksOfNew = graph.m() * 5 / 4;
        selector = new NeighbourSelector(graph);
        int room = graph.links().room(0);
        chosen = new long[room];
        list = new long[room + 1];
        kept = new long[room + 1];
        probed = graph.space();
        probe = probed.probe();
        search = new NeighbourSearch(graph, probe);
    }

    NeighbourSelector selector() {
        return selector;
    }

    /** Sees what was added since, and another space if there is one. */
    Probe refreshed() {
        if (probed != graph.space()) {
            probed = graph.space();
            probe = probed.probe();
            selector.refresh(probed.probe());
        }
        probed.refresh(probe);
        selector.refreshSlots(probed);
        search.refresh(probed, probe);
        return probe;
    }

    /** Adds the slot, whose vector is in the space, as a node of levels 0 to {@code level}. */
    void insert(int slot, int level) {
        int entry = graph.entry();
        graph.open(slot, level);
        refreshed();
        if (entry == HnswGraph.NONE) {
            graph.lineage().plant(slot);
            graph.chooseEntry();
            return;
        }
        search.aim(slot);
        int top = graph.links().level(entry);
        int start = search.descend(entry, top, level);
        for (int at = Math.min(level, top); at >= 0; at--) {
            start = link(slot, at, start);
        }
        graph.chooseEntry();
    }

    /** Links the slot, at which the search is aimed, on a level; returns the nearest there. */
    private int link(int slot, int level, int start) {
        SearchScratch found = search.surround(start, level, efConstruction);
        int nearest = Candidates.slot(found.beam[0]);
        int links = level == 0 ? linksOfNew : graph.m();
        int count = selector.select(found.beam, found.beamSize, links, HnswGraph.NONE, chosen);
        graph.links().replace(slot, level, chosen, count);
        for (int i = 0; i < count; i++) {
            connect(Candidates.slot(chosen[i]), level, slot, Candidates.distance(chosen[i]));
        }
        if (level == 0) {
            findParent(slot, count);
        }
        return nearest;
    }

    private boolean mayAdopt(int slot) {
        return graph.lineage().children(slot) < graph.lineage().childrenMax();
    }

    /** Links to {@code target}, if that is among the links worth keeping. */
    private void connect(int slot, int level, int target, float distance) {
        LinkTable links = graph.links();
        int room = links.room(level);
        graph.dirty().add(slot);
        if (links.size(slot, level) < room) {
            links.add(slot, level, target, distance);
            return;
        }
        int size = links.read(slot, level, list);
        long candidate = Candidates.of(distance, target);
        int at = size;
        while (at > 0 && list[at - 1] > candidate) {
            list[at] = list[at - 1];
            at--;
        }
        list[at] = candidate;
        int owner = level == 0 ? slot : HnswGraph.NONE;
        int count = selector.select(list, size + 1, room, owner, kept);
        links.replace(slot, level, kept, count);
    }

    /** Gives the slot a parent: the nearest of the chosen that may have a further child, or one below the nearest. */
    private void findParent(int slot, int count) {
        int parent = HnswGraph.NONE;
        for (int i = 0; i < count && parent == HnswGraph.NONE; i++) {
            int target = Candidates.slot(chosen[i]);
            parent = mayAdopt(target) ? target : HnswGraph.NONE;
        }
        forceLink(parent == HnswGraph.NONE ? youngest(Candidates.slot(chosen[0])) : parent, slot);
    }

    /** Returns the slot, or one that descends from it, that may have a further child. */
    int youngest(int slot) {
        int at = slot;
        while (!mayAdopt(at)) {
            at = graph.lineage().childrenOf(at)[0];
        }
        return at;
    }

    /** Makes {@code parent}, which may have a further child, link to {@code child} for good. */
    void forceLink(int parent, int child) {
        LinkTable links = graph.links();
        if (!links.contains(parent, 0, child)) {
            if (links.size(parent, 0) == links.room(0)) {
                dropFarthest(parent);
            }
            probe.aim(parent);
            links.add(parent, 0, child, probe.distance(child));
            graph.dirty().add(parent);
        }
        graph.lineage().set(child, parent);
        graph.dirty().add(child);
    }

    private void dropFarthest(int slot) {
        int size = graph.links().read(slot, 0, list);
        for (int i = size - 1; i >= 0; i--) {
            int target = Candidates.slot(list[i]);
            if (!graph.lineage().isChild(target, slot)) {
                graph.links().remove(slot, 0, target);
                return;
            }
        }
        throw new IllegalStateException("node " + slot + " has more children than it may");
    }

    long memoryBytes() {
        return search.memoryBytes();
    }
}
