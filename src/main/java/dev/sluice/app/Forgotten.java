package dev.sluice.app;

import java.util.Map;

/** How many of each thing an app has removed. */
record Forgotten(Map<String, Long> rows) {}
