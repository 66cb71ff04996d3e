package dev.sluice.app.identity;

import dev.sluice.app.App;
import dev.sluice.app.Engine;
import dev.sluice.identity.Identity;
import dev.sluice.identity.token.SigningKeys;
import dev.sluice.store.SealedColumn;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Users, their sessions, and who governs them. */
public final class IdentityApp implements App {

  @Override
  public String name() {
    return Identity.NAME;
  }

  @Override
  public Map<String, Handler> handlers(Engine engine) {
    Map<String, Handler> handlers = new HashMap<>();
    handlers.putAll(new ByCode(engine).handlers());
    handlers.putAll(new ByPassword(engine).handlers());
    handlers.putAll(new ByProvider(engine).handlers());
    handlers.putAll(new SessionOperations(engine).handlers());
    handlers.putAll(new TokenOperations(engine).handlers());
    handlers.putAll(new UserOperations(engine).handlers());
    handlers.putAll(new AdminOperations(engine).handlers());
    handlers.putAll(new AuditOperations(engine).handlers());
    return handlers;
  }

  @Override
  public List<SealedColumn> sealed() {
    return List.of(SigningKeys.SEALED);
  }
}
