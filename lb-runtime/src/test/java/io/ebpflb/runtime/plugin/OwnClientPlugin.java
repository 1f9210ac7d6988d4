package io.ebpflb.runtime.plugin;

import org.apache.hc.client5.http.impl.async.HttpAsyncClients;
import org.apache.hc.core5.http2.H2Error;
import org.apache.hc.core5.reactor.IOReactor;

/**
 * A plugin "own-client" that bundles an HTTP client with connections and threads of its own, and
 * checks with it whether port 8081 of a backend answers.
 */
public final class OwnClientPlugin {
  private static final String SOURCE =
      """
      import java.io.IOException;
      import org.apache.hc.client5.http.async.methods.*;
      import org.apache.hc.client5.http.config.RequestConfig;
      import org.apache.hc.client5.http.impl.async.*;
      import org.apache.hc.core5.concurrent.FutureCallback;
      import org.apache.hc.core5.io.CloseMode;
      import org.apache.hc.core5.reactor.IOReactorConfig;
      import org.apache.hc.core5.util.TimeValue;
      import org.apache.hc.core5.util.Timeout;

      public class FixturePlugin implements LbPlugin {
        public static volatile CloseableHttpAsyncClient client;

        public List<Extension<?>> extensions() {
          return List.of(Extension.healthChecker(
              "own-client", NoConfig.class, (c, x) -> new Checker()));
        }
      }

      class Checker implements HealthChecker {
        private final CloseableHttpAsyncClient client = HttpAsyncClients.custom()
            .setIOReactorConfig(IOReactorConfig.custom().setIoThreadCount(2).build())
            .build();

        Checker() {
          if (HttpAsyncClients.class.getClassLoader() != Checker.class.getClassLoader()) {
            throw new IllegalStateException("the client of somebody else");
          }
          %s
          FixturePlugin.client = client;
          client.start();
        }

        public CompletableFuture<CheckResult> check(Backend backend, Duration timeout) {
          SimpleHttpRequest request = SimpleRequestBuilder.get(
              "http://" + backend.address().getHostAddress() + ":8081/").build();
          request.setConfig(RequestConfig.custom()
              .setResponseTimeout(Timeout.of(timeout)).build());
          CompletableFuture<CheckResult> answer = new CompletableFuture<>();
          client.execute(request, new FutureCallback<SimpleHttpResponse>() {
            public void completed(SimpleHttpResponse response) {
              answer.complete(CheckResult.passed("HTTP " + response.getCode()));
            }
            public void failed(Exception e) {
              answer.completeExceptionally(new IOException(e.toString()));
            }
            public void cancelled() {
              answer.cancel(false);
            }
          });
          return answer;
        }

        public void close() {
          %s
        }
      }
      """;

  private OwnClientPlugin() {}

  public static PluginJarFixture closing() {
    return with(
        "",
        "client.initiateShutdown();"
            + " try { client.awaitShutdown(TimeValue.ofSeconds(2)); }"
            + " catch (InterruptedException e) { Thread.currentThread().interrupt(); }"
            + " client.close(CloseMode.IMMEDIATE);");
  }

  /**
   * It has closed another client, so that a test can still close the one that it forgot: from a
   * class loader that is closed no further class can be loaded.
   */
  static PluginJarFixture neverClosing() {
    return with(
        "try (CloseableHttpAsyncClient other = HttpAsyncClients.createDefault()) { other.start(); }"
            + " catch (IOException e) { throw new IllegalStateException(e); }",
        "");
  }

  private static PluginJarFixture with(String onStart, String onClose) {
    return PluginJarFixture.plugin("own-client", "1.0.0")
        .forThisApi()
        .source(SOURCE.formatted(onStart, onClose))
        .bundle(HttpAsyncClients.class)
        .bundle(IOReactor.class)
        .bundle(H2Error.class);
  }
}
