//! The site of `cargo avro docs` in a browser without a window.
//!
//! Set `BROWSER_FOR_TESTS` to a browser of the family of Chromium, if it is not where it is looked for. Where there is
//! none, these tests do nothing, unless `CI` is set: then they fail.

use std::io::Read;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use crate::docs::shop;
use crate::project::Project;

/// Far more than a page takes.
const MOST_TIME: Duration = Duration::from_secs(120);

const BROWSERS: [&str; 6] = [
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
];

/// A page after its scripts have run, and what the browser reports about it.
struct Shown {
    page: String,
    /// What scripts and the browser wrote to the console.
    console: Vec<String>,
}

struct Browser {
    command: String,
    /// Where it keeps what it keeps: a new one for each test.
    profile: tempfile::TempDir,
}

impl Browser {
    fn find() -> Option<Browser> {
        let given = std::env::var("BROWSER_FOR_TESTS").ok();
        let candidates = given.as_deref().map_or(BROWSERS.to_vec(), |given| vec![given]);
        let starts = |candidate: &&str| {
            let mut command = Command::new(candidate);
            command.arg("--version").stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
            command.status().is_ok_and(|status| status.success())
        };
        let Some(command) = candidates.into_iter().find(starts) else {
            assert!(
                std::env::var_os("CI").is_none_or(|value| value.is_empty()),
                "a browser is missing, which these tests need; install it: apt-get install chromium"
            );
            eprintln!("nothing is tested: there is no browser; apt-get install chromium");
            return None;
        };
        Some(Browser { command: command.to_owned(), profile: tempfile::tempdir().expect("a temporary folder") })
    }

    /// Opens a file, with what is behind its name in the address.
    fn show(&self, file: &Path, rest: &str) -> Shown {
        let log = self.profile.path().join("log");
        let mut command = Command::new(&self.command);
        command
            // The sandbox asks for rights that containers do not have; the pages are those of this test.
            .args(["--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run"])
            .args(["--disable-background-networking", "--disable-component-update", "--disable-extensions"])
            .args(["--enable-logging=stderr", "--virtual-time-budget=10000", "--dump-dom"])
            .arg(format!("--user-data-dir={}", self.profile.path().join("profile").display()))
            .arg(format!("file://{}{rest}", file.display()))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(std::fs::File::create(&log).expect("a file"));
        let mut child = command.spawn().expect("the browser starts");
        let mut out = child.stdout.take().expect("its output is a pipe");
        let (sender, receiver) = mpsc::channel();
        let reader = thread::spawn(move || {
            let mut page = Vec::new();
            // Its end is the end of the browser.
            let read = out.read_to_end(&mut page).map(|_| String::from_utf8_lossy(&page).into_owned());
            let _ = sender.send(read);
        });
        let page = receiver.recv_timeout(MOST_TIME);
        if page.is_err() {
            child.kill().expect("the browser can be ended");
        }
        let status = child.wait().expect("the browser ends");
        let log = std::fs::read_to_string(&log).unwrap_or_default();
        let page = page.unwrap_or_else(|_| panic!("the browser did not show {} in time:\n{log}", file.display()));
        reader.join().expect("the reader has sent what it has");
        assert!(status.success(), "{status}: {log}");
        let console = log.lines().filter(|line| line.contains(":CONSOLE")).map(str::to_owned).collect();
        Shown { page: page.expect("the output can be read"), console }
    }

    #[track_caller]
    fn check(&self, file: &Path, rest: &str, expected: &[&str], unexpected: &[&str]) -> Shown {
        let shown = self.show(file, rest);
        for part in expected {
            assert!(shown.page.contains(part), "{part} is not in {}", shown.page);
        }
        for part in unexpected {
            assert!(!shown.page.contains(part), "{part} is in {}", shown.page);
        }
        shown
    }
}

#[test]
fn search_works_without_a_server() {
    let Some(browser) = Browser::find() else { return };
    let project = shop();
    project.run(&["docs"]).expect(0);
    let index = project.path("schema-docs/index.html");
    let order = project.path("schema-docs/types/com.example.Order.html");
    let result = |address: &str, name: &str| format!("/{address}\"><b>{name}</b>");
    let of_order = result("types/com.example.Order.html", "com.example.Order");
    let field = result("types/com.example.Order.html#field-checksums", "com.example.Order.checksums");
    let symbol = result("types/com.example.Currency.html#symbol-EUR", "com.example.Currency.EUR");
    let subject = result("subjects/customer-value/index.html", "customer-value");
    // Addresses in the page are relative; those that a script sets are as it sets them.
    let relative = |result: &str, root: &str| result.replacen('/', &format!("\"{root}"), 1);
    for (file, rest, root, expected, count) in [
        (&index, "?q=order", "", &of_order, "results:"),
        (&index, "?q=CHECKSUMS", "", &field, "1 result:"),
        (&index, "?q=order.checksums", "", &field, "1 result:"),
        (&order, "?q=eur#fields", "../", &symbol, "1 result:"),
        (&order, "?q=customer+value", "../", &subject, "1 result:"),
    ] {
        let expected = relative(expected, root);
        let hidden = "<div class=\"columns\" hidden=\"\">";
        let shown =
            browser.check(file, rest, &[&expected, count, hidden], &["<form id=\"search\" role=\"search\" hidden"]);
        assert_eq!(shown.console, Vec::<String>::new(), "of {rest}");
    }
    let nothing =
        browser.check(&index, "?q=%3Cscript%3Ealert(1)%3C/script%3E", &["Nothing is found."], &["<script>alert"]);
    assert_eq!(nothing.console, Vec::<String>::new());
    // Without a search, the page is as it is in the file, and its index is not loaded.
    let plain = browser.check(&order, "", &["<div class=\"columns\">", "schema-graph"], &["search-index.js"]);
    assert_eq!(plain.console, Vec::<String>::new());
}

#[test]
fn hostile_texts_stay_texts_when_they_are_found() {
    let Some(browser) = Browser::find() else { return };
    let hostile = "Surprise: <img src=x onerror=undefinedFunction()></script><script>undefinedFunction()</script>";
    let schema = format!(r#"{{"type": "enum", "name": "Kind", "symbols": ["<b>surprise</b>"], "doc": "{hostile}"}}"#);
    let project = Project::new(&[("schemas/kind.avsc", &schema)]);
    project.run(&["docs", "--allow-invalid-names"]).expect(0);
    let found = [
        "<small>Surprise: &lt;img src=x onerror=undefinedFunction()&gt;&lt;/script&gt;&lt;script&gt;",
        "href=\"types/Kind.html#symbol--3Cb-3Esurprise-3C-2Fb-3E\"><b>Kind.&lt;b&gt;surprise&lt;/b&gt;</b>",
    ];
    let index = project.path("schema-docs/index.html");
    let shown = browser.check(&index, "?q=surprise", &found, &["<img", "<b>surprise"]);
    assert_eq!(shown.console, Vec::<String>::new());
    let page = browser.show(&project.path("schema-docs/types/Kind.html"), "");
    assert_eq!(page.console, Vec::<String>::new());
}

/// What the other test relies on: that an error in a script would be seen, and that keys are handled.
#[test]
fn errors_and_keys_are_noticed() {
    let Some(browser) = Browser::find() else { return };
    let project = Project::new(&[(
        "error.html",
        "<!DOCTYPE html><script>undefinedFunction()</script><script src=\"missing.js\"></script>",
    )]);
    let shown = browser.show(&project.path("error.html"), "");
    assert!(shown.console.iter().any(|line| line.contains("undefinedFunction")), "{:?}", shown.console);

    let project = shop();
    project.run(&["docs"]).expect(0);
    let page = project.read("schema-docs/index.html");
    // Types what a person would type, and leaves what has the focus then in the page.
    let keys = r#"<script>addEventListener("load", async function () {
        function press(key) { document.activeElement.dispatchEvent(new KeyboardEvent("keydown", { key: key, bubbles: true })); }
        function settled() { return new Promise(function (resolve) { setTimeout(resolve, 200); }); }
        function note(id, text) { var made = document.createElement("p"); made.id = id; made.textContent = text; document.body.append(made); }
        press("/");
        note("slash", document.activeElement.id);
        document.activeElement.value = "order";
        document.activeElement.dispatchEvent(new Event("input"));
        await settled();
        press("ArrowDown");
        note("first", document.activeElement.getAttribute("href"));
        press("ArrowDown"); press("ArrowUp"); press("ArrowUp");
        note("back", document.activeElement.id);
        press("Escape");
        note("left", String(document.getElementById("results").hidden) + document.activeElement.value);
    });</script></body>"#;
    project.write("schema-docs/keys.html", &page.replace("</body>", keys));
    let shown = browser.check(
        &project.path("schema-docs/keys.html"),
        "",
        &[
            "<p id=\"slash\">query</p>",
            "<p id=\"first\">types/com.example.Order.html</p>",
            "<p id=\"back\">query</p>",
            "<p id=\"left\">true</p>",
        ],
        &[],
    );
    assert_eq!(shown.console, Vec::<String>::new());
}
