package dev.sluice.app.studio;

import dev.sluice.app.studio.note.NoteSettings;
import dev.sluice.app.studio.save.SaveSettings;

/** The {@code studio} section. */
public record StudioSettings(SaveSettings saves, NoteSettings notes) {}
