//! The error of a handler: any error, with what the failure policy wants to know of it.

use std::any::type_name;
use std::borrow::Cow;
use std::error::Error;
use std::fmt;

/// The error of a handler. Any error becomes one by `?`, and so does a text.
///
/// ```
/// use kafka_typed::HandlerError;
///
/// fn parse(text: &str) -> Result<i64, HandlerError> {
///     if text.is_empty() {
///         // An empty text will not become a number, however often it is parsed.
///         return Err(HandlerError::permanent("the text is empty"));
///     }
///     Ok(text.parse::<i64>()?)
/// }
///
/// let error = parse("x").unwrap_err();
/// assert_eq!(error.class(), "core::num::error::ParseIntError");
/// assert!(!error.is_permanent() && error.downcast_ref::<std::num::ParseIntError>().is_some());
/// assert!(parse("").unwrap_err().is_permanent());
/// ```
///
/// As with `anyhow::Error`, it is not a [`std::error::Error`] itself, which is what makes `?` possible.
///
/// # Class
///
/// Dead letters are counted and filtered by the *class* of their error, which is what Java's tools have its exception
/// class for. Here it is the name of the type that became a `HandlerError`, with its path and without its generic
/// arguments: it is short, names a kind of error rather than one occurrence, and needs nothing from the error. It
/// changes when the type moves, and says nothing where the type holds any error (`anyhow::Error`, `Box<dyn Error>`);
/// [`with_class`](Self::with_class) sets another.
pub struct HandlerError {
    error: Box<dyn Error + Send + Sync>,
    class: Cow<'static, str>,
    is_permanent: bool,
}

impl HandlerError {
    /// An error that will be the same at every attempt: it is not retried, and the message goes where the policy ends.
    pub fn permanent(error: impl Into<HandlerError>) -> Self {
        Self { is_permanent: true, ..error.into() }
    }

    /// Sets the [class](#class), a short and stable name for this kind of error, such as `payment.declined`.
    #[must_use]
    pub fn with_class(self, class: impl Into<Cow<'static, str>>) -> Self {
        Self { class: class.into(), ..self }
    }

    /// The [class](#class).
    pub fn class(&self) -> &str {
        &self.class
    }

    /// Whether retrying is of no use.
    pub fn is_permanent(&self) -> bool {
        self.is_permanent
    }

    /// The error as it was given.
    pub fn error(&self) -> &(dyn Error + Send + Sync + 'static) {
        &*self.error
    }

    /// The error as it was given, to be kept.
    pub fn into_error(self) -> Box<dyn Error + Send + Sync> {
        self.error
    }

    /// The error as it was given, when it is of this type.
    pub fn downcast_ref<E: Error + 'static>(&self) -> Option<&E> {
        self.error.downcast_ref()
    }
}

impl<E: Into<Box<dyn Error + Send + Sync>>> From<E> for HandlerError {
    fn from(error: E) -> Self {
        Self { class: Cow::Borrowed(class_of::<E>()), error: error.into(), is_permanent: false }
    }
}

/// The name of a type of errors, without generic arguments. A text is called `text`.
pub(super) fn class_of<E: ?Sized>() -> &'static str {
    let name = type_name::<E>();
    if matches!(name, "&str" | "alloc::string::String") {
        return "text";
    }
    name.split('<').next().unwrap_or(name)
}

impl fmt::Display for HandlerError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.error, formatter)
    }
}

/// The error with its causes, one below the other, which is what `main` prints.
impl fmt::Debug for HandlerError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}", self.error)?;
        let mut source = self.error.source();
        while let Some(cause) = source {
            write!(formatter, "\n  caused by: {cause}")?;
            source = cause.source();
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::num::ParseIntError;

    use super::*;
    use crate::connection::{DeliveryError, KafkaErrorCode};

    fn parse_error() -> ParseIntError {
        "x".parse::<i32>().unwrap_err()
    }

    #[test]
    fn whatever_is_an_error_becomes_one() {
        let check = |error: HandlerError, class: &str, text: &str| {
            assert_eq!((error.class(), error.to_string().as_str(), error.is_permanent()), (class, text, false));
        };
        let text = "invalid digit found in string";
        check(parse_error().into(), "core::num::error::ParseIntError", text);
        check("a text".into(), "text", "a text");
        check(String::from("a text").into(), "text", "a text");
        check(Box::<dyn Error + Send + Sync>::from(parse_error()).into(), "alloc::boxed::Box", text);
        check(HandlerError::from("a").with_class("shop.closed"), "shop.closed", "a");
    }

    #[test]
    fn permanence_stays_with_the_error() {
        let error = HandlerError::permanent(HandlerError::from(parse_error()).with_class("number"));
        assert!(error.is_permanent());
        assert_eq!(error.class(), "number");
        assert_eq!(error.downcast_ref::<ParseIntError>(), Some(&parse_error()));
        assert!(HandlerError::permanent("a").with_class("b").is_permanent());
    }

    #[test]
    fn causes_are_shown_for_debugging() {
        let outer = std::io::Error::other(parse_error());
        let error = HandlerError::from(std::io::Error::other(outer));
        assert!(!format!("{error:?}").is_empty());
        let kafka = DeliveryError::Refused { topic: "orders".into(), source: KafkaErrorCode::from_number(29).unwrap() };
        let shown = format!("{:?}", HandlerError::from(kafka));
        assert!(
            shown.ends_with("\n  caused by: Broker: Topic authorization failed (TOPIC_AUTHORIZATION_FAILED)"),
            "{shown}"
        );
    }
}
