// Statements of Millrace. A keyword may stand where a name is wanted, see word.
grammar Millrace;

options { caseInsensitive = true; }

statement: (create | alter | build | drop | show | describe) ';'? EOF;

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

name: word | QUOTED;
word
    : NAME
    | ADD | ALTER | BUILD | COLLECTION | COLLECTIONS | CREATE | DESCRIBE | DROP | EDGE | EVENT | EXISTS | IF | INDEX | INDEXES
    | KEY | PRIMARY | REINDEX | SET | SHOW | STATUS | TYPE | TYPES | VECTOR
    ;

ADD: 'add';
ALTER: 'alter';
BUILD: 'build';
COLLECTION: 'collection';
COLLECTIONS: 'collections';
CREATE: 'create';
DESCRIBE: 'describe';
DROP: 'drop';
EDGE: 'edge';
EVENT: 'event';
EXISTS: 'exists';
FALSE: 'false';
FROM: 'from';
IF: 'if';
INDEX: 'index';
INDEXES: 'indexes';
KEY: 'key';
NOT: 'not';
ON: 'on';
PRIMARY: 'primary';
REINDEX: 'reindex';
SET: 'set';
SHOW: 'show';
STATUS: 'status';
TO: 'to';
TRUE: 'true';
TYPE: 'type';
TYPES: 'types';
USING: 'using';
VECTOR: 'vector';
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
