//! Copying the subjects of one registry into another, with ids and versions.
//!
//! First everything is compared and planned, then it is written, so that a conflict is found before anything changes.

mod copy;
mod ends;
mod modes;
mod plan;
mod settings;
mod target;

use schema_registry::RegistryError;

use crate::interruption::Interruption;

pub(crate) use ends::{Ends, Selection};
pub(crate) use plan::{Item, Key, Outcome, Plan, plan};
pub(crate) use settings::{Change, Extent, Setting};

use modes::ImportMode;

/// How many requests are under way at a time.
const AT_A_TIME: usize = 8;

/// A version that cannot be copied.
#[derive(Debug)]
pub(crate) struct Problem {
    /// The subject in the target.
    pub(crate) subject: String,
    pub(crate) version: u32,
    /// What is wrong, and what to do about it.
    pub(crate) reasons: Vec<String>,
}

/// How writing a plan ended.
pub(crate) struct Ended {
    pub(crate) written: Result<(), RegistryError>,
    /// Whether the modes of the target are what they were.
    pub(crate) restored: Result<(), RegistryError>,
    /// Whether the target was importing before, and still is.
    pub(crate) was_importing: bool,
}

/// Writes what is planned; the plan has the outcome. The modes of the target are as before afterwards, however this
/// ends, unless modes are copied.
pub(crate) async fn carry_out(ends: &Ends, plan: &mut Plan, interruption: &Interruption) -> Ended {
    let mut import = ImportMode::new(&ends.to);
    let mut written = match import.begin(plan).await {
        Ok(()) => write(ends, plan, interruption).await,
        Err(error) => Err(error),
    };
    let restored = import.end().await;
    if written.is_ok() && !interruption.is_wanted() {
        written = settings::set(&ends.to, &mut plan.settings, |change| matches!(change, Change::Mode(_))).await;
    }
    Ended { written, restored, was_importing: import.was_importing }
}

async fn write(ends: &Ends, plan: &mut Plan, interruption: &Interruption) -> Result<(), RegistryError> {
    copy::copy(&ends.to, plan, interruption).await?;
    if interruption.is_wanted() {
        return Ok(());
    }
    settings::set(&ends.to, &mut plan.settings, |change| matches!(change, Change::Config(_))).await
}
