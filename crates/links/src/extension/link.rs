//! The links themselves: on which page, beside what, and what they are for.

/// A link that Grafana is told of once, when the app is loaded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExtensionLink {
    /// On which page.
    pub point: ExtensionPoint,
    /// Where it leads.
    pub goal: ExtensionGoal,
    /// What the user reads.
    pub title: &'static str,
    /// What it does, for administrators. The same for all of one title, or Grafana complains.
    pub description: &'static str,
    /// The attribute that it stands beside. None: the page has no attributes.
    pub attribute: Option<&'static str>,
}

/// Where a link leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExtensionGoal {
    /// To profiles, in Explore.
    Profiles,
    /// To the Trail page.
    Trail,
}

/// A page of Grafana that offers links of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExtensionPoint {
    /// The header of a trace.
    TraceHeader,
    /// An attribute of a span.
    SpanAttribute,
    /// The menu of a panel.
    PanelMenu,
    /// The toolbar of Explore.
    ExploreToolbar,
    /// An attribute of a log line.
    LogAttribute,
}

/// Attributes that a link to profiles stands beside in the details of a span.
const PROFILES_SPAN_ATTRIBUTES: [&str; 6] =
    ["pyroscope.profile.id", "service.name", "service_name", "job", "span_id", "spanID"];

/// Those that a link to the trail stands beside: others, as Grafana shows one link beside an attribute of a span, and
/// few, as it takes ten of one app.
const TRAIL_SPAN_ATTRIBUTES: [&str; 4] =
    ["http.route", "rpc.method", "service.namespace", "service.instance.id"];

/// Attributes that a link to profiles stands beside in the details of a log line.
const PROFILES_LOG_ATTRIBUTES: [&str; 8] = [
    "pyroscope.profile.id",
    "service.name",
    "service_name",
    "trace_id",
    "traceID",
    "span_id",
    "spanID",
    "job",
];

/// Those that a link to the trail stands beside.
const TRAIL_LOG_ATTRIBUTES: [&str; 2] = ["trace_id", "traceID"];

/// All links that Grafana's own pages offer on our behalf: one for each attribute, because Grafana shows a link
/// beside one attribute only.
#[must_use]
pub fn extension_links() -> Vec<ExtensionLink> {
    use ExtensionPoint::{ExploreToolbar, LogAttribute, PanelMenu, SpanAttribute, TraceHeader};
    let mut links = vec![
        profiles(
            TraceHeader,
            "Profile of this trace",
            "Opens the flame graph of everything that ran in this trace",
            None,
        ),
        trail(TraceHeader, None),
    ];
    for point in [PanelMenu, ExploreToolbar] {
        links.push(profiles(
            point,
            "Profiles for this",
            "Opens the profiles of the service that is looked at",
            None,
        ));
        links.push(trail(point, None));
    }
    links.extend(PROFILES_SPAN_ATTRIBUTES.map(|attribute| {
        let description = "Opens the flame graph of this span";
        profiles(SpanAttribute, "Profile of this span", description, Some(attribute))
    }));
    links.extend(TRAIL_SPAN_ATTRIBUTES.map(|attribute| trail(SpanAttribute, Some(attribute))));
    links.extend(PROFILES_LOG_ATTRIBUTES.map(|attribute| {
        let description = "Opens the flame graph of the span, trace or service of this log line";
        profiles(LogAttribute, "Profile of this log line", description, Some(attribute))
    }));
    links.extend(TRAIL_LOG_ATTRIBUTES.map(|attribute| trail(LogAttribute, Some(attribute))));
    links
}

fn profiles(
    point: ExtensionPoint,
    title: &'static str,
    description: &'static str,
    attribute: Option<&'static str>,
) -> ExtensionLink {
    ExtensionLink { point, goal: ExtensionGoal::Profiles, title, description, attribute }
}

fn trail(point: ExtensionPoint, attribute: Option<&'static str>) -> ExtensionLink {
    ExtensionLink {
        point,
        goal: ExtensionGoal::Trail,
        title: "Trail",
        description: "Opens metric, trace, profile and logs of this on one page",
        attribute,
    }
}

impl ExtensionGoal {
    /// As the shell calls it.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::Profiles => "profiles",
            Self::Trail => "trail",
        }
    }

    /// The goal that the shell calls so.
    #[must_use]
    pub fn of_id(id: &str) -> Option<Self> {
        [Self::Profiles, Self::Trail].into_iter().find(|goal| goal.id() == id)
    }
}

impl ExtensionPoint {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::TraceHeader,
        Self::SpanAttribute,
        Self::PanelMenu,
        Self::ExploreToolbar,
        Self::LogAttribute,
    ];

    /// As Grafana calls it.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::TraceHeader => "grafana/traceview/header/actions",
            Self::SpanAttribute => "grafana/traceview/resource-attributes",
            Self::PanelMenu => "grafana/dashboard/panel/menu",
            Self::ExploreToolbar => "grafana/explore/toolbar/action",
            Self::LogAttribute => "grafana/logsview/resource-attributes",
        }
    }

    /// What Grafana may say of the page that is read here; all else stays where it is.
    pub const READ: [&str; 11] = [
        "traceID",
        "traceId",
        "traceName",
        "spanID",
        "startTime",
        "endTime",
        "timeRange",
        "targets",
        "attributes",
        "spanAttributes",
        "datasource",
    ];

    /// The page that Grafana calls so.
    #[must_use]
    pub fn of_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|point| point.id() == id)
    }
}
