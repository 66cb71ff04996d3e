package dev.sluice.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ObservationTest {
  @ParameterizedTest
  @CsvSource({
    "SELECT 1, select",
    "'\n  select a from b', select",
    "(SELECT 1) UNION (SELECT 2), select",
    "Insert into a values (1), insert",
    "update a set b = 1, update",
    "DELETE FROM a, delete",
    "WITH a AS (SELECT 1) SELECT * FROM a, other",
    "'', other"
  })
  void tellsAStatementByItsFirstWord(String sql, String type) {
    assertEquals(type, Observation.type(sql));
  }

  @Test
  void settingsKeepTheirPasswordsToThemselves() {
    StoreSettings defaults = StoreSettings.defaults();
    String text =
        new StoreSettings(
                "postgres://u:secret@h/d",
                "redis://:secret@h",
                1,
                defaults.queryTimeout(),
                defaults.redisTimeout(),
                Keyset.fresh().text())
            .toString();
    assertFalse(text.contains("secret"), text);
    assertFalse(text.contains("aead"), text);
  }
}
