package dev.sluice.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class RoutesTest {
  private static final Routes ROUTES =
      new Routes(
          Stream.of(
                  "GET /",
                  "GET /clips",
                  "POST /clips",
                  "DELETE /clips/{id}",
                  "GET /clips/{id}",
                  "GET /clips/latest",
                  "GET /clips/latest/views",
                  "GET /clips/{id}/comments/{comment}",
                  "PUT /only")
              .map(RoutesTest::operation)
              .toList());

  @Test
  void aLiteralGoesBeforeAParameter() {
    assertEquals("GET /clips/latest", id("GET", "/clips/latest"));
    assertEquals("GET /clips/{id}", id("GET", "/clips/newest"));
  }

  @Test
  void aLiteralThatLeadsNowhereIsLeftForTheParameter() {
    assertEquals("GET /clips/{id}/comments/{comment}", id("GET", "/clips/latest/comments/7"));
    assertEquals(
        Map.of("id", "latest", "comment", "7"), ROUTES.match("/clips/latest/comments/7").values());
  }

  @Test
  void valuesStayAsTheClientWroteThem() {
    assertEquals(Map.of("id", "a%2Fb%20c"), ROUTES.match("/clips/a%2Fb%20c").values());
    assertEquals(Map.of(), ROUTES.match("/clips").values());
  }

  @Test
  void headIsGetWithoutTheBodyWhereGetIs() {
    assertEquals("GET /clips", id("HEAD", "/clips"));
    assertNull(ROUTES.match("/only").operation("HEAD"));
  }

  @Test
  void aMethodThatIsNotThereIsNoOperationButAllowNamesTheOthers() {
    assertNull(ROUTES.match("/clips").operation("PATCH"));
    assertEquals(Set.of("GET", "HEAD", "POST", "OPTIONS"), ROUTES.match("/clips").allowed());
    assertEquals(Set.of("OPTIONS", "PUT"), ROUTES.match("/only").allowed());
    assertEquals(List.of("OPTIONS", "PUT"), List.copyOf(ROUTES.match("/only").allowed()));
  }

  @Test
  void aSlashMoreIsAnotherPath() {
    for (String path : List.of("/clips/", "//clips", "/clips//", "/clips/7/comments/", "//")) {
      assertNull(ROUTES.match(path), path);
    }
  }

  @Test
  void anEmptySegmentIsNoParameter() {
    assertNull(ROUTES.match("/clips//comments/7"));
    assertNull(ROUTES.match("/clips/7/comments/"));
  }

  @Test
  void whatStandsNowhereIsNoMatch() {
    for (String path : List.of("", "clips", "/clip", "/clips/7/comments", "/Clips")) {
      assertNull(ROUTES.match(path), path);
    }
  }

  @Test
  void theRootIsAPathLikeAnyOther() {
    assertEquals("GET /", id("GET", "/"));
  }

  @Test
  void aLongPathCostsNoMoreThanItsSegments() {
    assertNull(ROUTES.match("/a".repeat(50_000)));
  }

  private static String id(String method, String path) {
    return ROUTES.match(path).operation(method).id();
  }

  private static Operation operation(String methodAndPath) {
    String[] parts = methodAndPath.split(" ");
    return new Operation(methodAndPath, "app", parts[0], parts[1], List.of(), null, null, null);
  }
}
