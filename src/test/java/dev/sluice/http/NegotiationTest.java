package dev.sluice.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.observe.Redaction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NegotiationTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "gzip|true",
        "gzip, deflate, br|true",
        "br;q=1.0, gzip;q=0.8, *;q=0.1|true",
        "GZIP|true",
        "x-gzip|true",
        "*|true",
        "deflate, *;q=0.5|true",
        "gzip;q=0.001|true",
        "br , gzip ; q=1|true",
        "''|false",
        "identity|false",
        "gzip;q=0|false",
        "gzip;q=0, *|false",
        "gzip;Q=0.0|false",
        "*;q=0|false",
        "br|false",
        "gzipped|false",
        "gzip;q=abc|false",
        "deflate|false"
      })
  void gzipIsTakenByItsQuality(String header, boolean taken) {
    assertEquals(taken, Negotiation.acceptsGzip(header));
  }

  @Test
  void withoutAHeaderNothingIsAsked() {
    assertFalse(Negotiation.acceptsGzip(null));
    assertFalse(Negotiation.accepts(null, Errors.PROBLEM));
    assertFalse(Negotiation.matches(null, "\"a\""));
    assertFalse(Negotiation.matches("\"a\"", null));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "application/problem+json|true",
        "application/problem+json, application/json|true",
        "application/json;q=0.5, application/problem+json|true",
        "Application/Problem+JSON ; q=0.9|true",
        "application/json, application/problem+json;q=0.5|false",
        "application/problem+json;q=0|false",
        "application/*|false",
        "*/*|false",
        "application/json|false"
      })
  void aProblemIsSentWhereItIsAskedForAndJsonIsNotLikedMore(String header, boolean problem) {
    assertEquals(problem, Negotiation.accepts(header, Errors.PROBLEM));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"abc\"|true",
        "W/\"abc\"|true",
        "\"abc-gzip\"|true",
        "*|true",
        " * |true",
        "\"x\", W/\"y\" , \"abc\"|true",
        "\"x,y\", \"abc\"|true",
        "abc|false",
        "\"ab\"|false",
        "\"abcd\"|false",
        "\"|false",
        "W/|false",
        "''|false",
        "\"x\", \"y\"|false",
        "w/\"abc\"|false",
        "\"*\"|false"
      })
  void aTagMatchesWeaklyAndInAnyPlace(String ifNoneMatch, boolean matches) {
    assertEquals(matches, Negotiation.matches(ifNoneMatch, "\"abc\""));
  }

  @Test
  void textGetsSmallerAndPicturesDoNot() {
    for (String type :
        new String[] {"text/html", "application/json; charset=utf-8", "image/svg+xml"}) {
      assertTrue(Negotiation.isCompressible(type), type);
    }
    for (String type : new String[] {"image/png", "application/octet-stream", "audio/mpeg", null}) {
      assertFalse(Negotiation.isCompressible(type), type);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "/a?token=x|/a?token=***",
        "/a?b=1&access_token=x&c=2|/a?b=1&access_token=***&c=2",
        "/a?client_secret=x|/a?client_secret=***",
        "/a?api_key=x&apiKey=y|/a?api_key=***&apiKey=***",
        "/a?X-Amz-Signature=x|/a?X-Amz-Signature=***",
        "/a?code=x#f|/a?code=***#f",
        "/a?PASSWORD=x|/a?PASSWORD=***",
        "/a?promocode=x|/a?promocode=x",
        "/token=x|/token=x"
      })
  void secretsInUrlsStayOutOfTheLog(String uri, String logged) {
    assertEquals(logged, Redaction.uri(uri));
  }

  @Test
  void aDateHasTwoDigitsForItsDay() {
    assertEquals("Sun, 06 Nov 1994 08:49:37 GMT", StandingHeaders.imfFixdate(784_111_777));
    assertEquals("Thu, 01 Jan 1970 00:00:00 GMT", StandingHeaders.imfFixdate(0));
  }
}
