package dev.sluice.sandbox;

import com.fasterxml.jackson.annotation.JsonProperty;

/** One request that reached a simulated provider, and how it ended. */
final class Call {

  /** How a call stands. */
  enum Outcome {
    OPEN,
    ANSWERED,
    DROPPED,
    ABORTED
  }

  @JsonProperty private final String provider;
  @JsonProperty private final String operation;
  @JsonProperty private final String method;
  @JsonProperty private final String uri;
  @JsonProperty private final String protocol;
  @JsonProperty private Outcome outcome = Outcome.OPEN;
  @JsonProperty private Integer status;

  Call(String provider, String operation, String method, String uri, String protocol) {
    this.provider = provider;
    this.operation = operation;
    this.method = method;
    this.uri = uri;
    this.protocol = protocol;
  }

  String provider() {
    return provider;
  }

  String operation() {
    return operation;
  }

  boolean open() {
    return outcome == Outcome.OPEN;
  }

  void answering(int status) {
    this.status = status;
  }

  /** Only the first end counts: a socket closes after every answer at some time. */
  boolean end(Outcome how) {
    if (!open()) {
      return false;
    }
    outcome = how;
    return true;
  }
}
