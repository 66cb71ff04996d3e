package dev.sluice.websocket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.call.Failure;
import io.vertx.core.MultiMap;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HandshakeTest {
  private static final String KEY = "dGhlIHNhbXBsZSBub25jZQ==";

  private static MultiMap headers() {
    return MultiMap.caseInsensitiveMultiMap()
        .add("Sec-WebSocket-Version", "13")
        .add("Sec-WebSocket-Key", KEY);
  }

  /** The example of RFC 6455 §1.3. */
  @Test
  void theKeyIsAnsweredAsTheRfcHasIt() {
    assertEquals("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", Handshake.of(headers()).accept());
  }

  @Test
  void protocolsAreHeardInTheirOrder() {
    MultiMap several = headers().add("Sec-WebSocket-Protocol", "bearer, abc.d ");
    several.add("Sec-WebSocket-Protocol", "chat");
    assertEquals(List.of("bearer", "abc.d", "chat"), Handshake.of(several).protocols());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "12", "13, 8", "x"})
  void anotherVersionIs426(String version) {
    MultiMap other = headers().set("Sec-WebSocket-Version", version);
    Failure refused = assertThrows(Failure.class, () -> Handshake.of(other));
    assertEquals(426, refused.status());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a", "dGhlIHNhbXBsZSBub25jZ", "dGhlIHNhbXBsZSBub25jZXg=", "*"})
  void aKeyThatIsNoneIs400(String key) {
    MultiMap odd = headers().set("Sec-WebSocket-Key", key);
    assertEquals(400, assertThrows(Failure.class, () -> Handshake.of(odd)).status());
    MultiMap twice = headers().add("Sec-WebSocket-Key", KEY);
    assertEquals(400, assertThrows(Failure.class, () -> Handshake.of(twice)).status());
  }

  @Test
  void whatAServerAnswersIsHeldAgainstWhatWasAsked() throws BadHandshake {
    Handshake asked = Handshake.of(headers().add("Sec-WebSocket-Protocol", "one, two"));
    asked.check(asked.answer(null));
    asked.check(asked.answer("two"));
    asked.check(asked.answer(null).set("Upgrade", "WebSocket").set("Connection", "x, upgrade"));
    for (MultiMap bad :
        List.of(
            asked.answer("three"),
            asked.answer("one").add("sec-websocket-protocol", "two"),
            asked.answer("one, two"),
            asked.answer(null).set("upgrade", "h2c"),
            asked.answer(null).set("upgrade", "websocket, x"),
            asked.answer(null).remove("upgrade"),
            asked.answer(null).set("connection", "close"),
            asked.answer(null).set("sec-websocket-accept", KEY),
            asked.answer(null).add("sec-websocket-accept", asked.accept()))) {
      assertThrows(BadHandshake.class, () -> asked.check(bad), bad::toString);
    }
    assertThrows(
        BadHandshake.class, () -> asked.speaking(List.of("two")).check(asked.answer("one")));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "permessage-deflate",
        "x-webkit-deflate-frame, permessage-deflate; client_max_window_bits",
        "permessage-deflate; server_max_window_bits=10, permessage-deflate",
        "permessage-deflate; client_max_window_bits=8; server_no_context_takeover",
        "permessage-deflate; server_max_window_bits=15; client_no_context_takeover",
        "Permessage-Deflate; client_max_window_bits=\"12\""
      })
  void compressionIsAgreedTo(String offers) {
    assertTrue(Handshake.of(headers().add("Sec-WebSocket-Extensions", offers)).deflates());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "permessage-bzip2",
        "permessage-deflate; server_max_window_bits=10",
        "permessage-deflate; server_max_window_bits",
        "permessage-deflate; client_max_window_bits=7",
        "permessage-deflate; client_max_window_bits=16",
        "permessage-deflate; client_max_window_bits=",
        "permessage-deflate; server_no_context_takeover=1",
        "permessage-deflate; server_no_context_takeover; server_no_context_takeover",
        "permessage-deflate; unknown"
      })
  void whatCannotBeKeptToIsDeclined(String offers) {
    assertFalse(Handshake.of(headers().add("Sec-WebSocket-Extensions", offers)).deflates());
  }
}
