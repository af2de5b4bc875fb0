//! What is said about IDL and protocols that are wrong, or odd. Each group of cases has one snapshot.

use crate::diagnostics::check;

/// One text of the IDL.
fn idl(name: &str, cases: &[(&str, &str)]) {
    let files: Vec<[(&str, &str); 1]> = cases.iter().map(|(_, text)| [("a.avdl", *text)]).collect();
    let cases: Vec<(&str, &[(&str, &str)])> =
        cases.iter().zip(&files).map(|((title, _), files)| (*title, files.as_slice())).collect();
    check(name, &cases);
}

/// One protocol in JSON.
fn protocol(name: &str, cases: &[(&str, &str)]) {
    let files: Vec<[(&str, &str); 1]> = cases.iter().map(|(_, text)| [("a.avpr", *text)]).collect();
    let cases: Vec<(&str, &[(&str, &str)])> =
        cases.iter().zip(&files).map(|((title, _), files)| (*title, files.as_slice())).collect();
    check(name, &cases);
}

#[test]
fn tokens() {
    idl(
        "idl_tokens",
        &[
            ("comment not closed", "record R { /* and so on }"),
            ("documentation not closed", "/** and so on\nrecord R {}"),
            ("slash", "record R { int a; / }"),
            ("character", "record R { int a; # what it is\n}"),
            ("control character", "record\u{0}R {}"),
            ("string not closed", "@a(\"b)\nrecord R {}"),
            ("single quotes", "@a('b') record R {}"),
            ("tab in a string", "@a(\"b\tc\") record R {}"),
            ("bell in a string", "@a(\"b\u{7}c\") record R {}"),
            ("no such escape", "@a(\"\\x41\") record R {}"),
            ("line break in a string", "@a(\"b\\\nc\") record R {}"),
            ("escape with too few digits", "@a(\"\\u12\") record R {}"),
            ("lone surrogates, high and low", "@a([\"\\ud83d\", \"\\ude00 \\ud83dx\"]) record R {}"),
            ("backtick not closed", "record `R {}"),
            ("nothing in backticks", "record `` {}"),
            ("dash in backticks", "record `a-b` {}"),
            ("octal digits", "record R { int a = 08; }"),
            ("number out of range", "record R { long a = 9223372036854775808; }"),
            ("plus", "record R { int a = +1; }"),
            ("no digits", "record R { int a = -; }"),
            ("letters after a number", "record R { int a = 12ab; }"),
            ("hexadecimal", "record R { int a = 0xfg; }"),
            ("hexadecimal digits", "record R { double a = 0xg.p1; }"),
            ("hexadecimal without exponent", "record R { double a = 0x1.8; }"),
            ("hexadecimal out of range", "record R { double a = 0x1p2000; }"),
            ("exponent", "record R { double a = 1e; }"),
        ],
    );
}

#[test]
fn declarations() {
    idl(
        "idl_declarations",
        &[
            ("misspelt keyword", "recrod R { int a; }"),
            ("no keyword", "string hello();"),
            ("no declaration", "@a(1) ; record R {}"),
            ("a class", "namespace a; class R { int a; }"),
            ("no name", "record { int a; }"),
            ("name of a type", "record uuid { int a; } enum a.string { A }"),
            ("not a name", "record a-b { int c-d; }"),
            ("digit", "enum a.2 { A }"),
            ("no brace", "record R\n  int a;\n}"),
            ("not closed", "record R { int a;"),
            ("field without a name", "record R { int; }"),
            ("field without a type", "record R { a; }"),
            ("no semicolon after a field", "record R { int a\n  int b; }"),
            ("no field after the comma", "record R { int a,; }"),
            ("semicolon after a record", "record R { int a; };"),
            ("semicolon after an enum", "enum E { A };"),
            ("no comma between symbols", "enum E { A B }"),
            ("comma after the last symbol", "enum E { A, B, }"),
            ("default symbol", "enum E { GOLD, SILVER } = SILVR;"),
            ("default symbol in quotes", "enum E { A } = \"A\";"),
            ("no semicolon after a default", "enum E { A } = A enum F { A }"),
            ("symbols twice", "enum E { A, B, A }"),
            ("fixed without size", "fixed F;"),
            ("fixed of no number", "fixed F(sixteen);"),
            ("fixed of a broken size", "fixed F(1.5); fixed G(-1);"),
            ("fixed not ended", "fixed F(16)"),
            ("fixed not closed", "fixed F(16;"),
            ("no main schema", "schema;"),
            ("no semicolon after the main schema", "schema int record R {}"),
            ("protocol without a brace", "protocol P record R {}"),
            ("fields twice", "record R { int a, b; long a; }"),
            ("the same name with another meaning", "namespace n; enum E { A } @namespace(\"n\") fixed E(1);"),
            ("order of the file", "record R {} namespace a;"),
            ("schema twice", "schema int; schema long;"),
            ("no semicolon after the namespace", "namespace a record R {}"),
            ("invalid namespace", "namespace a-b; record R {}"),
            ("protocol after types", "record R {} protocol P {}"),
            ("protocol after imports", "import schema \"a.avsc\"; protocol P {}"),
            ("two protocols", "protocol P {} protocol Q {}"),
            ("protocol without a name", "protocol { }"),
            ("protocol not closed", "protocol P { record R {}"),
            ("too deep", &format!("schema {}", "array<".repeat(600))),
        ],
    );
}

#[test]
fn types() {
    idl(
        "idl_types",
        &[
            ("unknown types", "record R { strin a; Adress b; n.R c; Whatever d; } record m.Address {} record m.n.R {}"),
            (
                "words of other languages",
                "record R { bool a; int64 b; timestamp-millis c; timestamp_micros d; time_us e; duration f; decimal g; \
                 array h; map i; union j; void k; enum l; big_decimal m; }",
            ),
            ("no closing bracket", "record R { array<int a; }"),
            ("no type in brackets", "record R { map<> a; }"),
            ("no items", "record R { array<> a; }"),
            ("empty union", "record R { union {} a; }"),
            ("comma in a union", "record R { union { int, } a; }"),
            ("question mark after an array", "record R { array<int>? a; }"),
            ("question mark after a union", "record R { union { int, string }? a; }"),
            ("unions in unions", "record R { union { null, string? } a; union { int, union { string } } b; }"),
            ("branches twice", "record R { union { int, date } a; null? b; union { R, R } c; }"),
            ("primitive in backticks", "record R { `string` a; }"),
            ("decimals", "record R { decimal(0) a; decimal(2, 3) b; decimal(9, -1) c; }"),
            ("decimal of no number", "record R { decimal(nine) a; }"),
            ("decimal not closed", "record R { decimal(9, 2 a; }"),
        ],
    );
}

#[test]
fn annotations_and_defaults() {
    idl(
        "idl_annotations",
        &[
            ("no name", "@(1) record R {}"),
            ("no value", "@a record R {}"),
            ("no value in the brackets", "@a() record R {}"),
            ("value not closed", "@a(1 record R {}"),
            ("value without quotes", "@a(b) record R {}"),
            ("twice", "@a(1) @a(2) record R {}"),
            (
                "what no annotation sets",
                "@doc(\"d\") @size(2) protocol P { @doc(\"d\") @request([]) void m(@doc(\"d\") int @default(1) a); }",
            ),
            (
                "what no annotation sets on a type",
                "@name(\"n\") record R { @aliases([\"b\"]) string a; @namespace(\"n\") string b; }",
            ),
            ("what no annotation sets on an enum", "@default(\"A\") enum E { A }"),
            (
                "attributes that are wrong",
                "@namespace(1) @aliases(\"b\") record R { int @order(\"up\") @aliases([1]) a; }",
            ),
            ("order on a type", "record R { @order(\"ignore\") int a; }"),
            ("on a named type", "fixed F(1); record R { @a(1) F f; }"),
            ("on a union and on a symbol", "record R { @a(1) union { int, null } b; } enum E { @a(1) A }"),
            ("on a logical type", "record R { @logicalType(\"uuid\") date a; @precision(3) decimal(2) b; }"),
            (
                "logical types",
                "@logicalType(\"duration\") fixed F(11); record R { @logicalType(\"date\") long a; @logicalType(\"unkown\") int b; }",
            ),
            ("misspelt", "@namspace(\"n\") record R { int @alias([\"a\"]) b; }"),
            (
                "defaults",
                "enum E { GOLD } record R { int a = null; int b = \"1\"; E c = \"GOLF\"; string? d = 1; double? e = NaN; R f = {\"x\": 1}; }",
            ),
            ("symbol without quotes", "enum E { A } record R { E e = A; }"),
            ("no default", "record R { int a = ; }"),
            ("array not closed", "record R { array<int> a = [1; }"),
            ("comma in an array", "record R { array<int> a = [1, ]; }"),
            ("key without quotes", "record R { map<int> a = {b: 1}; }"),
            ("no colon", "record R { map<int> a = {\"b\" 1}; }"),
            ("no value of a key", "record R { map<int> a = {\"b\": }; }"),
            ("key twice", "record R { map<int> a = {\"b\": 1, \"b\": 2}; }"),
            (
                "documentation that documents nothing",
                "/** lost */ /** kept */ record /** lost */ R { /** lost */ } /** lost */",
            ),
        ],
    );
}

#[test]
fn imports() {
    check(
        "idl_imports",
        &[
            ("not there", &[("x/a.avdl", "import idl \"b.avdl\";"), ("y/b.avdl", "")]),
            ("misspelt", &[("a.avdl", "import schema \"costumer.avsc\";"), ("customer.avsc", "\"int\"")]),
            ("no second error for what is in it", &[("a.avdl", "import schema \"b.avsc\"; record R { B b; }")]),
            (
                "of another language",
                &[
                    ("a.avdl", "import idl \"b.avsc\"; import schema \"c.avpr\"; import protocol \"a.avdl\";"),
                    ("b.avsc", "\"int\""),
                    ("c.avpr", "{\"protocol\": \"C\"}"),
                ],
            ),
            ("no language", &[("a.avdl", "import \"b.avdl\";")]),
            ("no quotes", &[("a.avdl", "import idl b.avdl;")]),
            ("no semicolon", &[("a.avdl", "import idl \"b.avdl\"\nrecord R {}")]),
            (
                "a file with a mistake",
                &[("a.avdl", "import idl \"b.avdl\"; record R { B b; C c; }"), ("b.avdl", "record B {")],
            ),
        ],
    );
}

#[test]
fn messages() {
    idl(
        "idl_messages",
        &[
            ("twice", "protocol P { void a(); int a(int b); }"),
            ("one-way with a response", "protocol P { int a() oneway; }"),
            ("types that are not errors", "protocol P { record R {} enum E { A } void a() throws R, E, Q; }"),
            ("no parentheses", "protocol P { int a; }"),
            ("parameters", "protocol P { void a(int b int c); }"),
            ("parameter without a type", "protocol P { void a(,); }"),
            ("parameter without a name", "protocol P { void a(int); }"),
            ("parameters twice", "protocol P { void a(int b, long b); }"),
            ("default of a parameter", "protocol P { void a(int b = \"c\"); }"),
            ("no name", "protocol P { int (); }"),
            ("a word for a type", "protocol P { error e(); }"),
            ("no semicolon", "protocol P { void a() }"),
            ("no errors", "protocol P { void a() throws; }"),
            ("invalid name", "protocol p-q { }"),
        ],
    );
}

#[test]
fn protocols() {
    protocol(
        "protocols",
        &[
            ("not a protocol", "[]"),
            ("a schema", "{\"type\": \"enum\", \"name\": \"E\", \"symbols\": []}"),
            ("no name", "{\"types\": []}"),
            ("misspelt name", "{\"protocl\": \"P\"}"),
            ("name is not a string", "{\"protocol\": 1}"),
            ("not a name", "{\"protocol\": \"my-protocol\"}"),
            ("namespace", "{\"protocol\": \"P\", \"namespace\": [], \"type\": []}"),
            ("misspelt attributes", "{\"protocol\": \"P\", \"namspace\": \"n\", \"typs\": [], \"mesages\": {}}"),
            ("types is not an array", "{\"protocol\": \"P\", \"types\": {}}"),
            (
                "types that define nothing",
                "{\"protocol\": \"P\", \"types\": [\"int\", \"Q\", {\"type\": \"map\", \"values\": \"int\"}, 1]}",
            ),
            ("messages is not an object", "{\"protocol\": \"P\", \"messages\": [{}]}"),
            ("a message is not an object", "{\"protocol\": \"P\", \"messages\": {\"m\": []}}"),
            ("an empty message", "{\"protocol\": \"P\", \"messages\": {\"m\": {}}}"),
            (
                "parts of a message",
                r#"{"protocol": "P", "messages": {"m": {"request": {}, "response": "Q", "errors": "E", "one-way": "yes"}}}"#,
            ),
            (
                "parameters",
                r#"{"protocol": "P", "messages": {"m": {"request": [{"name": "a"}, {"name": "b", "type": "int", "default": "1"}], "response": "int"}}}"#,
            ),
            (
                "types that are not errors",
                r#"{"protocol": "P", "types": [{"type": "record", "name": "R", "fields": []}],
 "messages": {"m": {"request": [], "response": "null", "errors": ["string", "R"]}}}"#,
            ),
            (
                "one-way",
                r#"{"protocol": "P", "types": [{"type": "error", "name": "E", "fields": []}],
 "messages": {"m": {"request": [], "response": "int", "errors": ["E"], "one-way": true}}}"#,
            ),
            ("messages twice", r#"{"protocol": "P", "messages": {"m": {"request": [], "response": "int"}, "m": {}}}"#),
        ],
    );
}
