package dev.sluice.sandbox.books;

import static io.vertx.core.http.HttpMethod.DELETE;
import static io.vertx.core.http.HttpMethod.GET;
import static io.vertx.core.http.HttpMethod.POST;
import static io.vertx.core.http.HttpMethod.PUT;

import dev.sluice.sandbox.Answer;
import dev.sluice.sandbox.Operation;
import dev.sluice.sandbox.SimulatedProvider;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/** Books in memory, with the paths that {@code conf/apis/example.yaml.off} leads to. */
public final class Books implements SimulatedProvider {
  private static final String KEY = "idempotency-key";

  private final Map<String, JsonObject> books = new LinkedHashMap<>();
  private final Map<String, Buffer> covers = new HashMap<>();
  private final Map<String, Answer> answered = new HashMap<>(); // by the keys that came
  private int last;

  /** Two of them to begin with. */
  public Books() {
    keep(new JsonObject().put("title", "Momo").put("author", "Michael Ende").put("year", 1973));
    keep(new JsonObject().put("title", "Solaris").put("author", "Stanisław Lem").put("year", 1961));
  }

  @Override
  public String name() {
    return "books";
  }

  @Override
  public List<String> roots() {
    return List.of("/v1/books", "/v1/covers/");
  }

  @Override
  public List<Operation> operations() {
    return List.of(
        Operation.of("list", GET, "/v1/books", this::list),
        Operation.of("add", POST, "/v1/books", this::add),
        Operation.of("get", GET, "/v1/books/:id", this::get),
        Operation.of("remove", DELETE, "/v1/books/:id", this::remove),
        Operation.of("search", POST, "/v1/search", this::search),
        Operation.of("getCover", GET, "/v1/covers/:id.png", this::cover),
        Operation.of("putCover", PUT, "/v1/covers/:id.png", this::putCover));
  }

  @Override
  public Answer failure(RoutingContext ctx, int status) {
    return problem(status, HttpResponseStatus.valueOf(status).reasonPhrase());
  }

  private static Answer problem(int status, String message) {
    return Answer.json(status, new JsonObject().put("message", message));
  }

  private Answer list(RoutingContext ctx) {
    String author = ctx.queryParams().get("author");
    int most = number(ctx.queryParams().get("per_page"));
    return page(book -> author == null || author.equals(book.getString("author")), most);
  }

  /** The newest first. */
  private Answer page(Predicate<JsonObject> wanted, int most) {
    List<JsonObject> all = new ArrayList<>(books.values().stream().filter(wanted).toList());
    Collections.reverse(all);
    return Answer.json(200, new JsonArray(all.stream().limit(most).toList()))
        .with("x-total-count", Integer.toString(all.size()));
  }

  private static int number(String text) {
    return text != null && text.matches("[0-9]{1,3}") ? Integer.parseInt(text) : 20;
  }

  /** The same answer to the same key, as good APIs have it. */
  private Answer add(RoutingContext ctx) {
    String key = ctx.request().getHeader(KEY);
    return key == null ? added(ctx) : answered.computeIfAbsent(key, k -> added(ctx));
  }

  private Answer added(RoutingContext ctx) {
    JsonObject book = object(ctx);
    String title = book == null ? null : book.getString("title");
    if (title == null) return problem(422, "A book needs a title.");
    if (books.values().stream().anyMatch(b -> b.getString("title").equals(title))) {
      return problem(409, title + " is there already.");
    }
    JsonObject kept = keep(book);
    return Answer.json(201, kept).with("location", "/v1/books/" + kept.getString("id"));
  }

  private JsonObject keep(JsonObject book) {
    String id = Integer.toString(++last);
    JsonObject kept = new JsonObject().put("id", id).mergeIn(book.copy().put("id", id));
    books.put(id, kept);
    return kept;
  }

  private static JsonObject object(RoutingContext ctx) {
    try {
      return ctx.body().asJsonObject();
    } catch (DecodeException | ClassCastException e) {
      return null;
    }
  }

  private Answer get(RoutingContext ctx) {
    JsonObject book = books.get(ctx.pathParam("id"));
    return book == null ? problem(404, "There is no such book.") : Answer.json(200, book);
  }

  private Answer remove(RoutingContext ctx) {
    covers.remove(ctx.pathParam("id"));
    return books.remove(ctx.pathParam("id")) == null
        ? problem(404, "There is no such book.")
        : Answer.empty(204);
  }

  private Answer search(RoutingContext ctx) {
    JsonObject query = object(ctx);
    String text = query == null ? null : query.getString("text");
    if (text == null) return problem(422, "Send {\"text\": …}.");
    return page(book -> book.encode().contains(text), Integer.MAX_VALUE);
  }

  private Answer cover(RoutingContext ctx) {
    Buffer png = covers.get(ctx.pathParam("id"));
    if (png == null) return problem(404, "This book has no cover.");
    return new Answer(200, Map.of("content-type", "image/png"), png);
  }

  private Answer putCover(RoutingContext ctx) {
    covers.put(ctx.pathParam("id"), ctx.body().buffer());
    return Answer.empty(204);
  }
}
