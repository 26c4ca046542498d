// The condition of compute.filter: comparisons of columns and constants.
grammar Condition;

options { caseInsensitive = true; }

condition: disjunction EOF;

disjunction: conjunction (OR conjunction)*;

conjunction: negation (AND negation)*;

negation: NOT negation | primary;

primary
    : '(' disjunction ')'                                       # group
    | operand comparator operand                                # comparison
    | operand NOT? IN '(' constant (',' constant)* ')'          # membership
    | column IS NOT? NULL                                       # nullness
    | column                                                    # flag
    ;

operand: column | constant;

comparator: '==' | '=' | '!=' | '<>' | '<=' | '>=' | '<' | '>';

column: name ('.' name)*;

name: NAME | QUOTED;

constant: NUMBER | STRING | TRUE | FALSE | NULL | PARAMETER;

OR: 'or' | '||';
AND: 'and' | '&&';
NOT: 'not' | '!';
IN: 'in';
IS: 'is';
NULL: 'null';
TRUE: 'true';
FALSE: 'false';

NUMBER: '-'? [0-9]+ ('.' [0-9]+)? ('e' [+-]? [0-9]+)?;
NAME: [\p{L}_@] [\p{L}\p{N}_@-]*;
QUOTED: '`' (~'`' | '``')+ '`';
STRING: '\'' (~'\'' | '\'\'')* '\'' | '"' (~'"' | '""')* '"';
PARAMETER: '$' [\p{L}_] [\p{L}\p{N}_]*;
SPACE: [ \t\r\n]+ -> skip;
UNKNOWN: .;
