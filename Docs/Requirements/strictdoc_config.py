"""What StrictDoc reads here: these documents, and the markers in the sources and tests."""

import os

from strictdoc.core.project_config import ProjectConfig


def create_config() -> ProjectConfig:
    features = [
        "TABLE_SCREEN",
        "TRACEABILITY_SCREEN",
        "DEEP_TRACEABILITY_SCREEN",
        "TRACEABILITY_MATRIX_SCREEN",
        "SEARCH",
    ]
    # Scripts/trace reads the documents first, so that it can say what is wrong with a marker.
    if "TRACE_DOCUMENTS_ONLY" not in os.environ:
        features.append("REQUIREMENT_TO_SOURCE_TRACEABILITY")
    return ProjectConfig(
        project_title="Trumpet: hazards, requirements, alarms",
        dir_for_sdoc_cache=".build-trace/cache",
        project_features=features,
        source_root_path="../..",
        include_source_paths=["Sources/**.swift", "Tests/**.swift", "Scripts/Trace/*.py"],
    )
