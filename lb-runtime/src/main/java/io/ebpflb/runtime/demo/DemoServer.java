package io.ebpflb.runtime.demo;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Executors;

/** The backend of the demo, a process of its own: answers every HTTP request with its name. */
public final class DemoServer {
  private static final int BACKLOG = 1024;
  private static final int THREADS = 16;

  private DemoServer() {}

  /**
   * @param arguments name and port
   */
  public static void main(String[] arguments) throws IOException {
    byte[] name = arguments[0].getBytes(StandardCharsets.UTF_8);
    // Otherwise each answer on a kept connection waits 40 ms for the client's acknowledgement.
    System.setProperty("sun.net.httpserver.nodelay", "true");
    HttpServer server =
        HttpServer.create(new InetSocketAddress(Integer.parseInt(arguments[1])), BACKLOG);
    server.createContext(
        "/",
        exchange -> {
          exchange.sendResponseHeaders(200, name.length);
          exchange.getResponseBody().write(name);
          exchange.close();
        });
    server.setExecutor(Executors.newFixedThreadPool(THREADS));
    server.start();
  }
}
