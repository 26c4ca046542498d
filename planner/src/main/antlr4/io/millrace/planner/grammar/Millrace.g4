// Statements of Millrace. A keyword may stand where a name is wanted, see word.
grammar Millrace;

options { caseInsensitive = true; }

statement: (create | alter | build | drop | show | describe | explain | query | assign) ';'? EOF;

explain: EXPLAIN ANALYZE? query;

// A setting of the session, such as vector.ef_search.
assign: SET word ('.' word)* '=' value;

query: select | match;

select
    : SELECT DISTINCT? selected (',' selected)* FROM source join? (WHERE where=condition)? (USING FUSION fusion?)?
        groupBy? (HAVING having=condition)? orderBy? limit? with?
    ;

match: MATCH pattern (WHERE condition)? RETURN DISTINCT? selected (',' selected)* orderBy? limit? with?;

selected
    : '*'                         # everything
    | reference '.' '*'           # everythingOf
    | operand renamed?            # selectedOperand
    ;

renamed: AS name | reference;

source: tableFunction renamed?            # functionSource
      | reference ('.' name)* renamed?    # collectionSource
      ;

join: INNER? JOIN source ON column '=' column;

tableFunction: reference '(' argument (',' argument)* ')';
argument: (reference '=')? literal    # valueArgument
        | column                      # nameArgument
        ;

groupBy: GROUP BY column (',' column)*;
orderBy: ORDER BY orderKey (',' orderKey)* (USING (ANN | EXACT))?;
orderKey: operand (ASC | DESC)?;
limit: LIMIT count (OFFSET count)? | OFFSET count (LIMIT count)?;
count: INTEGER | PARAMETER;

condition: conjunction (OR conjunction)*;
conjunction: negation (AND negation)*;
negation: NOT* predicate;
predicate
    : '(' condition ')'                                                                 # groupPredicate
    | MATCH pattern                                                                     # matchPredicate
    | column NEAR vector                                                                # nearPredicate
    | column NEAR_FUSED '[' vector (',' vector)* ']' (USING FUSION fusion)?             # nearFusedPredicate
    | operand comparator operand                                                        # comparePredicate
    | operand NOT? IN ('(' literal (',' literal)* ')' | PARAMETER)                          # inPredicate
    | operand NOT? BETWEEN operand AND operand                                          # betweenPredicate
    | operand NOT? LIKE literal                                                           # likePredicate
    | operand IS NOT? NULL                                                              # nullPredicate
    | column                                                                            # flagPredicate
    ;

comparator: '=' | '!=' | '<>' | '<=' | '>=' | '<' | '>';
operand: call | column | literal;
call: reference '(' ('*' | DISTINCT? operand (',' operand)*)? ')';
column: reference ('.' name)*;
vector: PARAMETER | '[' number (',' number)* ']';
number: ('-' | '+')? (INTEGER | DECIMAL);

// As NEAR_FUSED has it: a name, and parameters such as k = 60.
fusion: (STRING | reference) ('(' (option (',' option)*)? ')')?;

// A chain. There is no "-->", which would start a comment.
pattern: vertex (edge vertex)*;
onlyPattern: pattern EOF;
vertex: '(' (alias)? (':' name)? properties? ')';
edge: '<'? '-' '[' alias? (':' name ('|' ':'? name)*)? range? properties? ']' '-' '>'?;
alias: reference;
range: '*' (least=INTEGER? dots='..' most=INTEGER? | exact=INTEGER)?;
properties: '{' property (',' property)* '}';
property: name ':' literal;

// The first word stands apart, so that an error behind it names what may follow and not the first word.
create: CREATE created;
created
    : COLLECTION ifNotExists? name '(' element (',' element)* ')' with?                     # createCollection
    | EVENT TYPE ifNotExists? name ON name '(' eventField (',' eventField)* ')' with?       # createEventType
    | EDGE TYPE ifNotExists? name FROM name TO name ('(' field (',' field)* ')')? with?     # createEdgeType
    | VECTOR INDEX ifNotExists? name ON name '(' name ')' (USING name)? with?               # createVectorIndex
    ;

alter: ALTER altered;
altered
    : COLLECTION name ADD field          # addField
    | VECTOR INDEX name SET settings     # alterVectorIndex
    ;

build: (BUILD | REINDEX) VECTOR INDEX name;

drop: DROP dropped;
dropped
    : COLLECTION ifExists? name      # dropCollection
    | EDGE TYPE ifExists? name       # dropEdgeType
    | VECTOR INDEX ifExists? name    # dropVectorIndex
    ;

show: SHOW shown;
shown
    : COLLECTIONS                    # showCollections
    | EDGE TYPES                     # showEdgeTypes
    | EVENT TYPES                    # showEventTypes
    | VECTOR INDEX STATUS name?      # showVectorIndexStatus
    | VECTOR (INDEXES | INDEX name)  # showVectorIndexes
    ;

describe: DESCRIBE name;

ifNotExists: IF NOT EXISTS;
ifExists: IF EXISTS;

element: PRIMARY KEY '(' name (',' name)* ')' # keyElement
    | field                                   # fieldElement
    ;

field: name type (PRIMARY KEY)?;
eventField: name type?;
type: word ('(' INTEGER ')')?;

with: WITH '(' option (',' option)* ')';
settings: '(' option (',' option)* ')' | option (',' option)*;
option: word '=' value;
value: STRING | ('-' | '+')? (INTEGER | DECIMAL) | TRUE | FALSE | PARAMETER | word | '[' (value (',' value)*)? ']';
literal: STRING | number | TRUE | FALSE | NULL | PARAMETER | '[' number (',' number)* ']';

name: word | QUOTED;

// What a query may name without quotes.
reference: plain | QUOTED;

word: plain | reserved;

plain
    : NAME
    | ADD | ALTER | ANALYZE | ANN | ASC | BUILD | COLLECTION | COLLECTIONS | CREATE | DESC | DESCRIBE | DROP | EDGE | EVENT
    | EXACT | EXISTS | EXPLAIN | FUSION | IF | INDEX | INDEXES | KEY | PRIMARY | REINDEX | SET | SHOW | STATUS | TYPE | TYPES
    | VECTOR
    ;

reserved
    : AND | AS | BETWEEN | BY | DISTINCT | FROM | GROUP | HAVING | IN | INNER | IS | JOIN | LIKE | LIMIT | MATCH | NEAR | NEAR_FUSED
    | NOT | NULL | OFFSET | ON | OR | ORDER | RETURN | SELECT | TO | USING | WHERE | WITH
    ;

ADD: 'add';
ALTER: 'alter';
ANALYZE: 'analyze';
AND: 'and';
ANN: 'ann';
AS: 'as';
ASC: 'asc';
BETWEEN: 'between';
BUILD: 'build';
BY: 'by';
COLLECTION: 'collection';
COLLECTIONS: 'collections';
CREATE: 'create';
DESC: 'desc';
DESCRIBE: 'describe';
DISTINCT: 'distinct';
DROP: 'drop';
EDGE: 'edge';
EVENT: 'event';
EXACT: 'exact';
EXISTS: 'exists';
EXPLAIN: 'explain';
FALSE: 'false';
FROM: 'from';
FUSION: 'fusion';
GROUP: 'group';
HAVING: 'having';
IF: 'if';
IN: 'in';
INDEX: 'index';
INDEXES: 'indexes';
INNER: 'inner';
IS: 'is';
JOIN: 'join';
KEY: 'key';
LIKE: 'like';
LIMIT: 'limit';
MATCH: 'match';
NEAR: 'near';
NEAR_FUSED: 'near_fused';
NOT: 'not';
NULL: 'null';
OFFSET: 'offset';
ON: 'on';
OR: 'or';
ORDER: 'order';
PRIMARY: 'primary';
REINDEX: 'reindex';
RETURN: 'return';
SELECT: 'select';
SET: 'set';
SHOW: 'show';
STATUS: 'status';
TO: 'to';
TRUE: 'true';
TYPE: 'type';
TYPES: 'types';
USING: 'using';
VECTOR: 'vector';
WHERE: 'where';
WITH: 'with';

INTEGER: [0-9]+;
DECIMAL: [0-9]+ '.' [0-9]+ ('e' [+-]? [0-9]+)? | [0-9]+ 'e' [+-]? [0-9]+;
NAME: [\p{L}_@] [\p{L}\p{N}_@]*;
QUOTED: '"' (~'"' | '""')* '"';
STRING: '\'' (~'\'' | '\'\'')* '\'';
PARAMETER: '$' [\p{L}_] [\p{L}\p{N}_]*;
COMMENT: '--' ~[\r\n]* -> skip;
SPACE: [ \t\r\n]+ -> skip;
UNKNOWN: .;
