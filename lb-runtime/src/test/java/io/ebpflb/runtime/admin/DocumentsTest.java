package io.ebpflb.runtime.admin;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.GsonBuilder;
import com.google.gson.JsonParser;
import io.ebpflb.runtime.metrics.CheckLatencies;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpVersion;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.ZoneOffset;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The JSON documents are a contract: a change of the golden files is a change for scripts. */
class DocumentsTest {

  @ParameterizedTest
  @CsvSource({"/api/v1/services, services.json", "/api/v1/status, status.json"})
  void documentsAreAsInTheGoldenFiles(String path, String file) throws IOException {
    SampleBalancer balancer = new SampleBalancer();
    Router router =
        new Router(
            Routes.of(
                new Controls(
                    balancer,
                    new CheckLatencies(),
                    new SampleOperations(balancer),
                    new SampleReload(),
                    new SamplePlugins()),
                new Readiness(balancer),
                "/metrics",
                Clock.fixed(SampleBalancer.NOW, ZoneOffset.UTC)),
            AuditLog.open(Optional.empty(), Clock.systemUTC()));
    Request request =
        Request.of(
            new DefaultHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, path),
            Caller.anonymous("here"));
    StringBuilder text = new StringBuilder();
    for (ByteBuf piece : router.reply(router.find(request, false), request).body().pieces()) {
      text.append(piece.toString(StandardCharsets.UTF_8));
    }
    String pretty =
        new GsonBuilder()
            .setPrettyPrinting()
            .serializeNulls()
            .create()
            .toJson(JsonParser.parseString(text.toString()));
    assertThat(pretty + "\n").isEqualTo(resource(file));
  }

  private static String resource(String name) throws IOException {
    try (InputStream in = DocumentsTest.class.getResourceAsStream(name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
