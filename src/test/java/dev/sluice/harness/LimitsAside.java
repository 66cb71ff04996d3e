package dev.sluice.harness;

import java.util.Map;

/** All calls of a test come from one address: the usual limits would stop it. */
public final class LimitsAside {
  private LimitsAside() {}

  /** As environment variables. */
  public static void put(Map<String, String> environment) {
    environment.put("SLUICE_LIMITS_DEFAULT_IP_REQUESTS", "6000000");
    environment.put("SLUICE_LIMITS_DEFAULT_USER_REQUESTS", "6000000");
    environment.put("SLUICE_LIMITS_LOGIN_IP_REQUESTS", "6000000");
  }
}
