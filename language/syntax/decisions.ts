/** By which tokens the parser decides: written by `npm run gen` from the grammar, and read by `lookahead.ts`. */
export const decisions = `
qname MANY 0 Dot
qnames MANY 0 Comma
postfix OR 0 Dot | LParen | LBracket
postfix MANY 0 Dot, LParen, LBracket
args MANY 0 Name, word_not, Literal, LParen, Purl, LBracket, LBrace, word_count, Mark, Minus, word_attestation, word_newest, word_attestations, word_every, word_some
args OPTION 0 Comma
arg OPTION 0 Name
primary OR 0 Name | Literal | LParen | Purl | LBracket | LBrace | word_count | Mark
primary OPTION 0 Name
foreign OPTION 0 Colon
count OPTION 0 Name
count OPTION 2 word_where
list MANY 0 word_not, Name, Literal, LParen, Purl, LBracket, LBrace, word_count, Mark, Minus, word_attestation, word_newest, word_attestations, word_every, word_some
list OPTION 0 Comma
record OR 0 Name | String
record MANY 0 Name, String
record OPTION 0 Comma
purl OPTION 0 word_versions
range OPTION 0 word_where
expr MANY 0 Connective, Compare, word_in, word_is, word_glob, word_matches, word_otherwise
expr OPTION 0 word_otherwise
expr OPTION 2 word_where
afterOtherwise OR 0 Connective | Compare | word_in | word_is | word_glob | word_matches | word_otherwise
logic MANY 0 Connective
relation MANY 0 word_not
relation OPTION 0 Compare, word_not, word_in, word_is, word_glob, word_matches, Equals
comparison OR 0 Compare | word_not, word_in | word_is | word_glob, word_matches | Equals
compared MANY 0 Compare
membership OPTION 0 word_not
predicated OR 0 Name | word_claimed
predicated OPTION 0 word_not
predicated OPTION 2 word_by
patterned OR 0 word_glob | word_matches
patterned OR 2 String | Raw
sum MANY 0 Additive
unary OR 0 Name, Literal, LParen, Purl, LBracket, LBrace, word_count, Mark | Minus | word_attestation, word_newest, word_attestations | word_every | word_some
every OR 0 Colon | word_satisfies
every OPTION 0 word_where
evidence OR 0 word_attestation | word_newest | word_attestations
evidence OPTION 0 word_about
origin OR 0 word_by | word_claimed
points OR 0 Name | LBracket
points MANY 0 Comma
typeRef OR 0 Greater | GreaterEquals
typeRef MANY 0 Comma
typeRef OPTION 0 Less
typeRef OPTION 2 Question
typeArg OR 0 word_by | Name
optionallyAssigned OPTION 0 Equals
parameters MANY 0 Comma
parameters OPTION 0 Name
typeDeclaration MANY 0 word_predicate, Name
member OR 0 word_predicate Name | Name Colon
member OPTION 0 Comma
field OPTION 0 word_at
field OPTION 2 word_claimed
predicateDeclaration OPTION 0 word_by
predicateDeclaration OPTION 2 Equals
enumDeclaration OR 0 Less | Comma, nothing
enumDeclaration MANY 0 Comma
enumDeclaration AT_LEAST_ONE 0 Less
letDeclaration OPTION 0 Colon
tableDeclaration OR 0 LBrace | word_from
tableDeclaration OPTION 0 word_monotone
tableRows MANY 0 Bar
tableRow AT_LEAST_ONE 0 Bar
tableCell OR 0 Underscore | GreaterEquals, LessEquals | Name, word_true, word_false
tableCell OR 2 GreaterEquals | LessEquals
tableCell MANY 0 Comma
label OR 0 Name | word_true | word_false
trustDeclaration OR 0 word_keyless | word_key | word_spiffe | word_all, word_any, Int
quorum OR 0 word_all | word_any | Int
policyDeclaration OPTION 0 word_at
optionalWhere OPTION 0 word_where
block MANY 0 word_require, word_forbid, word_let, word_when, word_satisfies
policyItem OR 0 word_require, word_forbid | word_let | word_when | word_satisfies
clause OR 0 word_require | word_forbid
clause MANY 0 word_on
clause OPTION 0 Name
clause OPTION 2 word_else
outcome OR 0 String | EffectWord, word_quarantine
outcome OPTION 0 String
effect OR 0 EffectWord | word_quarantine
effect OPTION 0 word_until
unknownRule OPTION 0 word_because
causes MANY 0 Comma
exemptDeclaration OPTION 0 word_until
waiveDeclaration OR 0 String | Name
waiveDeclaration OPTION 0 word_ticket
scope OR 0 word_on | word_where
scope OR 2 Advisory | Purl
scope OPTION 0 word_in
vexDeclaration MANY 0 word_when
status OR 0 word_not_affected | word_affected | word_fixed | word_under_investigation
status OPTION 0 Comma
runtimeDeclaration MANY 0 Dimension, word_default, word_guarantee
runtimeRule OR 0 Dimension | word_default | word_guarantee
runtimeRule OR 2 word_allow | word_forbid
runtimeRule OPTION 0 word_else
runtimeItems MANY 0 Comma
runtimeItem OR 0 word_tcp Int, word_udp Int | Name | String
runtimeItem OPTION 0 word_tcp, word_udp
ports OR 0 word_tcp | word_udp
ports OPTION 0 DotDot
triageDeclaration OR 0 word_let | word_when
triageDeclaration MANY 0 word_let, word_when
triageWhen MANY 0 word_ticket, word_alert, word_block, word_embargo, word_deadline
obligation OR 0 word_ticket, word_alert | word_block | word_embargo | word_deadline
obligation OR 2 word_ticket | word_alert
obligation OPTION 0 LBrace
controlDeclaration MANY 0 word_clauses, word_evidence, word_reviewed
controlDeclaration OPTION 0 String
controlItem OR 0 word_clauses | word_evidence | word_reviewed
testDeclaration MANY 0 word_with, word_given, word_expect
testItem OR 0 word_with | word_given | word_expect
givenItem OR 0 word_attestation | Name
givenItem OPTION 0 word_about
givenValue OR 0 LBrace | Equals | word_unknown
expectItem OR 0 EffectWord, word_quarantine | word_not_affected, word_affected, word_fixed, word_under_investigation | word_undecided
expectItem OPTION 0 word_by
file MANY 0 word_import
file MANY 2 word_input, word_type, word_enum, word_let, word_function, word_table, word_trust, word_policy, word_exempt, word_waive, word_vex, word_runtime, word_triage, word_control, word_test
file OPTION 0 word_module
importList MANY 0 Comma
imported OPTION 0 word_as
declaration OR 0 word_input | word_type | word_enum | word_let | word_function | word_table | word_trust | word_policy | word_exempt | word_waive | word_vex | word_runtime | word_triage | word_control | word_test
`;
