package io.ebpflb.plugin.dns;

import io.ebpflb.api.DnsAnswer;
import io.ebpflb.api.DnsQuery;
import io.ebpflb.api.Endpoints;
import io.ebpflb.api.Network;
import io.ebpflb.plugin.dns.ServerSettings.Servers;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;

/** Asks name servers until one answers. Lives on the plugin's thread. */
final class Lookups {
  /** The runtime gives a resolution ten seconds. */
  private static final Duration LONGEST = Duration.ofSeconds(9);

  private static final Duration SHORTEST = Duration.ofMillis(1);
  private static final int ALIASES_MAX = 8;

  private final Network network;
  private final Clock clock;
  private final Supplier<Servers> servers;

  Lookups(Network network, Clock clock, Supplier<Servers> servers) {
    this.network = network;
    this.clock = clock;
    this.servers = servers;
  }

  /**
   * All records of this type under a name, in search domains too, aliases followed. Empty if no
   * name server knows any; fails with an {@link IOException} if none could say.
   */
  CompletableFuture<Found> find(String name, int type) {
    Servers now = servers.get();
    if (now.addresses().isEmpty()) {
      return CompletableFuture.failedFuture(new IOException("there is no name server to ask"));
    }
    return findFirst(candidates(name, now), type, now, clock.instant().plus(LONGEST));
  }

  /** The names to try, as resolv.conf(5) says. */
  static List<String> candidates(String name, Servers servers) {
    if (name.endsWith(".")) {
      return List.of(name.substring(0, name.length() - 1));
    }
    List<String> names = new ArrayList<>();
    servers.search().forEach(domain -> names.add(name + "." + domain.replaceFirst("\\.$", "")));
    boolean isWholeFirst = name.chars().filter(c -> c == '.').count() >= servers.ndots();
    names.add(isWholeFirst ? 0 : names.size(), name);
    return names;
  }

  private CompletableFuture<Found> findFirst(
      List<String> names, int type, Servers now, Instant end) {
    return follow(names.get(0), type, now, end, Found.NOTHING, 0)
        .thenCompose(
            found ->
                found.records().isEmpty() && names.size() > 1
                    ? findFirst(names.subList(1, names.size()), type, now, end)
                        .thenApply(next -> next.insteadOf(found))
                    : CompletableFuture.completedFuture(found));
  }

  /** A server that does not resolve aliases itself leaves that to us. */
  private CompletableFuture<Found> follow(
      String name, int type, Servers now, Instant end, Found before, int aliases) {
    return ask(name, type, now, end, 0)
        .thenCompose(
            answer -> {
              Found found = Found.of(answer, name, type).after(before);
              boolean goesOn = found.records().isEmpty() && found.alias().isPresent();
              if (goesOn && aliases >= ALIASES_MAX) {
                return failed(name + ": more than " + ALIASES_MAX + " aliases");
              }
              return goesOn
                  ? follow(found.alias().get(), type, now, end, found, aliases + 1)
                  : CompletableFuture.completedFuture(found);
            });
  }

  /** The next server, or the first again, as often as the settings say. */
  private CompletableFuture<DnsAnswer> ask(
      String name, int type, Servers now, Instant end, int asked) {
    InetSocketAddress server = now.addresses().get(asked % now.addresses().size());
    Duration rest = Duration.between(clock.instant(), end);
    Duration deadline = rest.compareTo(now.timeout()) < 0 ? rest : now.timeout();
    boolean isLast =
        asked + 1 >= now.addresses().size() * now.attempts() || deadline.compareTo(SHORTEST) <= 0;
    if (deadline.compareTo(SHORTEST) < 0) {
      return failed(name + ": no name server answered in time");
    }
    return network
        .query(new DnsQuery(server, name, type, deadline))
        .thenApply(answer -> requireUseful(answer, name, server))
        .handle(
            (answer, failure) -> {
              if (failure == null) {
                return CompletableFuture.completedFuture(answer);
              }
              return isLast
                  ? Lookups.<DnsAnswer>failed(message(failure))
                  : ask(name, type, now, end, asked + 1);
            })
        .thenCompose(next -> next);
  }

  private static DnsAnswer requireUseful(DnsAnswer answer, String name, InetSocketAddress server) {
    if (answer.code() == DnsAnswer.NO_ERROR || answer.code() == DnsAnswer.NAME_ERROR) {
      return answer;
    }
    throw new CompletionException(
        new IOException(
            "name server "
                + Endpoints.format(server.getAddress(), server.getPort())
                + ": answers "
                + (answer.code() == DnsAnswer.SERVER_FAILURE ? "SERVFAIL" : "code " + answer.code())
                + " to "
                + name));
  }

  private static <T> CompletableFuture<T> failed(String message) {
    return CompletableFuture.failedFuture(new IOException(message));
  }

  static String message(Throwable failure) {
    Throwable cause =
        failure instanceof CompletionException && failure.getCause() != null
            ? failure.getCause()
            : failure;
    return String.valueOf(cause.getMessage());
  }
}
