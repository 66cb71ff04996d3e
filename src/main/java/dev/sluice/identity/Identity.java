package dev.sluice.identity;

import dev.sluice.call.Deadline;
import dev.sluice.call.Failure;
import dev.sluice.call.Peer;
import dev.sluice.identity.audit.Audit;
import dev.sluice.identity.audit.AuditLog;
import dev.sluice.identity.audit.Entry;
import dev.sluice.identity.oauth.Client;
import dev.sluice.identity.oauth.OAuth;
import dev.sluice.identity.oauth.ProviderCookie;
import dev.sluice.identity.session.Sessions;
import dev.sluice.identity.session.Turns;
import dev.sluice.identity.signin.Codes;
import dev.sluice.identity.signin.Passwords;
import dev.sluice.identity.signin.SignIn;
import dev.sluice.identity.signin.Throttle;
import dev.sluice.identity.signin.Tickets;
import dev.sluice.identity.token.Accounts;
import dev.sluice.identity.token.Principal;
import dev.sluice.identity.token.SigningKeys;
import dev.sluice.identity.token.Terms;
import dev.sluice.identity.token.Tokens;
import dev.sluice.identity.user.EndedSessions;
import dev.sluice.identity.user.Names;
import dev.sluice.identity.user.UserAccounts;
import dev.sluice.identity.user.Users;
import dev.sluice.provider.email.Email;
import dev.sluice.store.Stores;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Pool;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The door to users, their sessions and what they sign in with. One for the gateway's whole life;
 * {@link #use} puts other settings in place. Nothing is asked of the database before {@link #open}.
 */
public final class Identity {
  /** Of the app whose schema it is kept in. */
  public static final String NAME = "identity";

  private static final Logger LOG = LoggerFactory.getLogger(Identity.class);
  private static final long SWEEP_MILLIS = 60_000;
  private static final List<String> SIGNED_WITH = List.of("RS256");

  private final Vertx vertx;
  private final Stores stores;
  private final Pool pool;
  private final SigningKeys keys;
  private final EndedSessions ended;
  private final UserAccounts accounts;
  private final Users users;
  private final Sessions sessions;
  private final Turns turns;
  private final Tickets tickets;
  private final Audit audit;
  private final AuditLog auditLog;
  private final SignIn signIn;
  private final Codes codes;
  private final Passwords passwords;
  private final OAuth oauth;
  private final ProviderCookie providerCookie;
  private volatile IdentitySettings settings;
  private volatile Beside beside;
  private volatile Duration longestToken = Duration.ZERO; // that this process may have made
  private volatile Tokens tokens;
  private volatile boolean open;
  private long timer = -1;

  /**
   * What of other settings it works by.
   *
   * @param clients what the gateway is at providers'
   * @param mailLacks the setting without which no mail is sent; null where none is missing
   */
  public record Beside(List<Client> clients, String mailLacks) {}

  /** Kept in these stores. */
  public Identity(Vertx vertx, Stores stores, IdentitySettings settings, Beside beside) {
    this.vertx = vertx;
    this.stores = stores;
    this.pool = stores.database().schema(NAME);
    use(settings, beside);
    var secrets = stores.secrets();
    keys = new SigningKeys(vertx, pool, secrets, this::ages);
    ended = new EndedSessions(() -> longestToken);
    users = new Users(pool, this::changed);
    accounts = new UserAccounts(users, ended, () -> this.settings.roles(), Identity::way);
    sessions = new Sessions(pool, secrets, () -> this.settings.sessions(), ended::add);
    turns = new Turns(pool, secrets, () -> this.settings.sessions(), ended::add);
    tickets = new Tickets(keys, sessions, () -> issuing());
    audit = new Audit(vertx, pool);
    auditLog = new AuditLog(pool);
    signIn = new SignIn(users, sessions, turns, tickets, audit, this::isAdmin);
    Throttle throttle = new Throttle(pool);
    codes = new Codes(pool, secrets, throttle, () -> this.settings.codes());
    passwords = new Passwords(vertx, users, throttle, () -> this.settings.passwords());
    oauth = new OAuth(vertx, pool, () -> terms());
    providerCookie = new ProviderCookie(secrets, turns);
  }

  /** Works by other settings from now on. */
  public final void use(IdentitySettings settings, Beside beside) {
    this.settings = settings;
    this.beside = beside;
    Duration token = settings.access().lifetime().plus(settings.leeway());
    if (token.compareTo(longestToken) > 0) longestToken = token;
    if (accounts != null) accounts.changed();
  }

  /** Reads what is kept, once its schema is there; then every node tells what has changed. */
  public synchronized Future<Void> open() {
    if (open) return Future.succeededFuture();
    open = true;
    return keys.refresh()
        .compose(read -> stores.database().listen(NAME, this::heard, this::missed))
        .compose(listening -> recall())
        .onSuccess(ready -> timer = vertx.setPeriodic(sweepMillis(), t -> sweep()))
        .onFailure(e -> open = false);
  }

  private long sweepMillis() {
    return Math.min(SWEEP_MILLIS, Math.max(100, settings.access().rotateKeys().toMillis() / 4));
  }

  private void changed(String user) {
    accounts.changed(user);
  }

  private void heard(String told) {
    String[] words = told.split(" ", 3);
    switch (words[0]) {
      case "user" -> accounts.changed(words[1]);
      case "session" -> ended.add(words[1], Duration.ofSeconds(Long.parseLong(words[2])));
      case "key" -> keys.refresh().onFailure(e -> LOG.warn("keys not read: {}", e.getMessage()));
      default -> LOG.warn("nobody knows what {} is", words[0]);
    }
  }

  private void missed() {
    accounts.changed();
    recall().onFailure(e -> LOG.warn("ended sessions not read: {}", e.getMessage()));
  }

  private Future<Void> recall() {
    return sessions
        .endedWithin(longestToken)
        .onSuccess(gone -> gone.forEach(ended::add))
        .mapEmpty();
  }

  private void sweep() {
    keys.refresh()
        .compose(done -> oauth.sweep())
        .compose(done -> pool.query("SELECT sweep()").execute())
        .onFailure(e -> LOG.warn("identity not swept: {}", e.getMessage()));
  }

  /** Writes what is still to be written; before the stores close. */
  public Future<Void> close() {
    if (!open) return Future.succeededFuture();
    vertx.cancelTimer(timer);
    return audit.close();
  }

  private static Users.Way way(Principal whose) {
    String email = OAuth.canonical(whose.email());
    return new Users.Way("issuer:" + whose.issuer(), whose.subject(), email, Names.NONE);
  }

  private boolean isAdmin(String email) {
    return settings.admins().stream().map(OAuth::canonical).anyMatch(email::equals);
  }

  private SigningKeys.Ages ages() {
    return new SigningKeys.Ages(settings.access().rotateKeys(), longestToken);
  }

  private Tickets.Issuing issuing() {
    return new Tickets.Issuing(settings.issuer(), settings.access());
  }

  private OAuth.Terms terms() {
    return new OAuth.Terms(settings.oauth(), beside.clients(), settings.leeway());
  }

  /** What tokens of its own are judged by, with these settings. */
  public Tokens.Own own(IdentitySettings by) {
    List<String> audience = List.of(by.access().audience());
    Terms terms = new Terms(audience, SIGNED_WITH, "roles", "permissions");
    return new Tokens.Own(by.issuer(), terms, keys);
  }

  /**
   * Whether a user may do something by the roles it has; known at once, and anew when they change
   * (seed 003).
   */
  public Future<Boolean> verifyPermission(String user, String permission) {
    Principal whose = new Principal("", user, null, Set.of(), Set.of(), null, 0);
    return accounts.find(whose).map(account -> account.permissions().contains(permission));
  }

  /** A token for operators, of a session that cannot be refreshed; the user is made if need be. */
  public Future<String> operatorToken(String email, List<String> roles, Duration lifetime) {
    return users
        .ofEmail(email)
        .compose(
            user ->
                sessions
                    .openFor(user.id(), "operator", Peer.INSIDE, lifetime)
                    .compose(
                        kept -> {
                          audit.write(
                              Entry.done(
                                      user.id(),
                                      "token.operator",
                                      "session",
                                      kept.session(),
                                      Peer.INSIDE)
                                  .with("roles", roles));
                          return tickets.token(user.id(), kept.session(), roles, lifetime);
                        }));
  }

  /** Judges whose tokens are; of those that are taken now. */
  public void judge(Tokens tokens) {
    this.tokens = tokens;
  }

  public Tokens tokens() {
    return tokens;
  }

  /** How long others may keep what {@link SigningKeys#published} says; in seconds. */
  public long keysAge() {
    return ages().lead().toSeconds() / 2;
  }

  /** The CSRF token that goes with a refresh token; null where it is none. */
  public String csrf(String refreshToken) {
    UUID session = sessions.named(refreshToken);
    return session == null ? null : sessions.csrf(session);
  }

  /** Throws 503 PROVIDER_NOT_CONFIGURED where no mail can be sent. */
  public void requireMail() {
    if (beside.mailLacks == null) return;
    throw Failure.unavailable("PROVIDER_NOT_CONFIGURED", "This gateway sends no mail.")
        .detail("setting", beside.mailLacks)
        .suggest("Set " + beside.mailLacks + "; or sign in another way.")
        .isFinal();
  }

  /** Has a mail sent; done when its server has taken it. */
  public Future<Email.Sent> mail(Email.Mail mail, Deadline deadline) {
    return Email.send(vertx, mail, deadline);
  }

  public IdentitySettings settings() {
    return settings;
  }

  public SigningKeys keys() {
    return keys;
  }

  public Accounts accounts() {
    return accounts;
  }

  public Users users() {
    return users;
  }

  public Sessions sessions() {
    return sessions;
  }

  public SignIn signIn() {
    return signIn;
  }

  public Codes codes() {
    return codes;
  }

  public Passwords passwords() {
    return passwords;
  }

  public OAuth oauth() {
    return oauth;
  }

  public ProviderCookie providerCookie() {
    return providerCookie;
  }

  /** Whether users are kept here. */
  public boolean isOpen() {
    return open;
  }

  /** Writes down what was done, where there is a log for it. */
  public void note(Entry entry) {
    if (open) audit.write(entry);
  }

  /**
   * The same, done when it is written: nothing can lose it any more. Fails with 503 where it cannot
   * be. Where there is no log for it, the gateway's own has it.
   */
  public Future<Void> noted(Entry entry) {
    if (!open) {
      Audit.spill(entry);
      return Future.succeededFuture();
    }
    return audit
        .writeNow(entry)
        .recover(
            e ->
                Future.failedFuture(
                    Failure.unavailable(
                            "AUDIT_UNAVAILABLE", "This cannot be written down just now.")
                        .suggest("Try again in a moment: it is not answered without.")
                        .retryAfter(Duration.ofSeconds(1))));
  }

  public Audit audit() {
    return audit;
  }

  public AuditLog auditLog() {
    return auditLog;
  }
}
