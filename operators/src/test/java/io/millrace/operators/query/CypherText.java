package io.millrace.operators.query;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads the patterns of CREATE and MATCH that openCypher's scenarios are written in. */
final class CypherText {
    private final String text;
    private int at;

    /** @param properties by name, as they are written */
    record Node(@Nullable String alias, List<String> labels, Map<String, String> properties) {}

    /**
     * @param range behind the asterisk; null where there is none
     * @param left whether it has an arrow at the left
     */
    record Link(
            @Nullable String alias,
            List<String> types,
            @Nullable String range,
            Map<String, String> properties,
            boolean left,
            boolean right) {}

    record Chain(List<Node> nodes, List<Link> links) {}

    /** What is written in a way that this does not read. */
    static final class UnreadableException extends Exception {
        UnreadableException(String message) {
            super(message);
        }
    }

    private CypherText(String text) {
        this.text = text;
    }

    static List<Chain> chains(String text) throws UnreadableException {
        CypherText reader = new CypherText(text);
        List<Chain> chains = new ArrayList<>();
        do {
            chains.add(reader.chain());
        } while (reader.take(","));
        reader.skipSpace();
        if (reader.at < text.length()) {
            throw new UnreadableException(text.substring(reader.at));
        }
        return chains;
    }

    private Chain chain() throws UnreadableException {
        List<Node> nodes = new ArrayList<>(List.of(node()));
        List<Link> links = new ArrayList<>();
        while (peek("-") || peek("<")) {
            links.add(link());
            nodes.add(node());
        }
        return new Chain(nodes, links);
    }

    private Node node() throws UnreadableException {
        require("(");
        String alias = word();
        List<String> labels = new ArrayList<>();
        while (take(":")) {
            labels.add(requiredWord());
        }
        Map<String, String> properties = properties();
        require(")");
        return new Node(alias, labels, properties);
    }

    private Link link() throws UnreadableException {
        boolean left = take("<");
        require("-");
        String alias = null;
        List<String> types = new ArrayList<>();
        String range = null;
        Map<String, String> properties = Map.of();
        if (take("[")) {
            alias = word();
            if (take(":")) {
                do {
                    take(":");
                    types.add(requiredWord());
                } while (take("|"));
            }
            if (take("*")) {
                int start = at;
                while (at < text.length() && "0123456789. ".indexOf(text.charAt(at)) >= 0) {
                    at++;
                }
                range = text.substring(start, at).trim();
            }
            properties = properties();
            require("]");
        }
        require("-");
        return new Link(alias, types, range, properties, left, take(">"));
    }

    private Map<String, String> properties() throws UnreadableException {
        Map<String, String> properties = new LinkedHashMap<>();
        if (take("{") && !take("}")) {
            do {
                String name = requiredWord();
                require(":");
                properties.put(name, literal());
            } while (take(","));
            require("}");
        }
        return properties;
    }

    private String literal() throws UnreadableException {
        skipSpace();
        int start = at;
        if (take("'")) {
            at = text.indexOf('\'', at) + 1;
        } else {
            while (at < text.length()
                    && (Character.isLetterOrDigit(text.charAt(at)) || "-.$_".indexOf(text.charAt(at)) >= 0)) {
                at++;
            }
        }
        String literal = text.substring(start, at);
        boolean known = literal.matches("'.*'|-?[0-9]+(\\.[0-9]+)?|\\$\\w+")
                || Set.of("true", "false").contains(literal);
        if (!known) {
            throw new UnreadableException("value " + text.substring(start));
        }
        return literal;
    }

    private @Nullable String word() {
        skipSpace();
        int start = at;
        while (at < text.length() && (Character.isLetterOrDigit(text.charAt(at)) || text.charAt(at) == '_')) {
            at++;
        }
        return at == start ? null : text.substring(start, at);
    }

    private String requiredWord() throws UnreadableException {
        String word = word();
        if (word == null) {
            throw new UnreadableException(text.substring(at));
        }
        return word;
    }

    private void skipSpace() {
        while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
            at++;
        }
    }

    private boolean peek(String token) {
        skipSpace();
        return text.startsWith(token, at);
    }

    private boolean take(String token) {
        boolean there = peek(token);
        at += there ? token.length() : 0;
        return there;
    }

    private void require(String token) throws UnreadableException {
        if (!take(token)) {
            throw new UnreadableException(text.substring(at));
        }
    }
}
