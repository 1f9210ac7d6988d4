package io.ebpflb.plugin.dns;

import io.ebpflb.api.DnsQuery;
import io.ebpflb.api.DnsRecord;
import io.ebpflb.api.Resolution;
import io.ebpflb.api.Resolution.Entry;
import io.ebpflb.api.TargetResolver;
import io.ebpflb.plugin.dns.HostStatus.Outcome;
import io.ebpflb.plugin.dns.TargetSettings.Kind;
import io.ebpflb.plugin.dns.TargetSettings.OnEmpty;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.DoubleSupplier;

/** One target with a host name. Lives on the plugin's thread. */
final class HostResolver implements TargetResolver {
  private static final long TTL_SECONDS_MIN = 1;
  private static final long TTL_SECONDS_MAX = 3600;

  /** How soon a name without addresses is looked for again. */
  private static final Duration EMPTY_REFRESH = Duration.ofSeconds(30);

  /** Resolutions of many targets do not come all at once: each up to a tenth earlier. */
  private static final double JITTER = 0.1;

  private record Answer(List<Entry> entries, long ttlSeconds, boolean exists) {
    private Answer and(Answer other) {
      List<Entry> both = new ArrayList<>(entries);
      both.addAll(other.entries);
      return new Answer(both, Math.min(ttlSeconds, other.ttlSeconds), exists || other.exists);
    }
  }

  private final TargetSettings settings;
  private final Lookups lookups;
  private final HostStatus status;
  private final DoubleSupplier random;
  private final LastGood lastGood = new LastGood();

  /**
   * @param random 0 to 1
   */
  HostResolver(TargetSettings settings, Lookups lookups, HostStatus status, DoubleSupplier random) {
    this.settings = settings;
    this.lookups = lookups;
    this.status = status;
    this.random = random;
  }

  @Override
  public CompletableFuture<Resolution> resolve() {
    lastGood.begin();
    CompletableFuture<Answer> answer =
        settings.record() == Kind.SRV ? services() : addresses(settings.host());
    return answer.handle(
        (found, failure) -> {
          if (failure != null) {
            throw status.failed(Outcome.FAILING, Lookups.message(failure));
          }
          return resolution(found);
        });
  }

  private Resolution resolution(Answer answer) {
    if (!answer.entries().isEmpty()) {
      status.resolved(answer.entries());
      Duration ttl =
          Duration.ofSeconds(
              Math.max(TTL_SECONDS_MIN, Math.min(TTL_SECONDS_MAX, answer.ttlSeconds())));
      return Resolution.of(answer.entries(), jittered(settings.refresh().orElse(ttl)));
    }
    Outcome outcome = answer.exists() ? Outcome.EMPTY : Outcome.NXDOMAIN;
    String reason =
        settings.host()
            + (answer.exists()
                ? " has no address (NOERROR, the name exists)"
                : " does not exist (NXDOMAIN)");
    if (settings.onEmpty() == OnEmpty.KEEP) {
      throw status.failed(outcome, reason);
    }
    status.empty(outcome, reason);
    return Resolution.none(jittered(settings.refresh().orElse(EMPTY_REFRESH)));
  }

  private Duration jittered(Duration span) {
    return Duration.ofNanos((long) (span.toNanos() * (1 - JITTER * random.getAsDouble())));
  }

  private CompletableFuture<Answer> addresses(String host) {
    int port = settings.port().orElse(0);
    return find(host)
        .thenApply(
            found ->
                new Answer(
                    found.addresses().stream().map(each -> new Entry(each, port, 1)).toList(),
                    found.ttlSeconds(),
                    found.exists()));
  }

  /** The weights of services; several addresses of one target share its weight. */
  private CompletableFuture<Answer> services() {
    return lookups
        .find(settings.host(), DnsQuery.SRV)
        .thenCompose(
            found -> {
              CompletableFuture<Answer> all =
                  CompletableFuture.completedFuture(
                      new Answer(List.of(), found.ttlSeconds(), found.exists()));
              for (ServiceRecord service : ServiceRecord.preferred(found.records())) {
                CompletableFuture<Answer> one =
                    find(service.target() + ".")
                        .thenApply(addresses -> entries(service, addresses));
                all = all.thenCombine(one, Answer::and);
              }
              return all;
            });
  }

  private static Answer entries(ServiceRecord service, LastGood.Addresses found) {
    double share = service.share() / Math.max(1, found.addresses().size());
    return new Answer(
        found.addresses().stream().map(each -> new Entry(each, service.port(), share)).toList(),
        found.ttlSeconds(),
        found.exists());
  }

  /** The addresses of a name, of the families that are wanted. */
  private CompletableFuture<LastGood.Addresses> find(String host) {
    return switch (settings.record()) {
      case A -> find(host, DnsQuery.A);
      case AAAA -> find(host, DnsQuery.AAAA);
      case ADDRESS, SRV -> either(host);
    };
  }

  /** One family may fail (name servers that know nothing of AAAA are not rare), not both. */
  private CompletableFuture<LastGood.Addresses> either(String host) {
    CompletableFuture<LastGood.Addresses> ipv4 = find(host, DnsQuery.A);
    CompletableFuture<LastGood.Addresses> ipv6 = find(host, DnsQuery.AAAA);
    return ipv4.handle((four, failure) -> failure)
        .thenCombine(ipv6.handle((six, failure) -> failure), Failures::new)
        .thenCompose(
            failures -> {
              LastGood.Addresses four =
                  failures.ipv4() == null ? ipv4.join() : lastGood.find(host, DnsQuery.A);
              LastGood.Addresses six =
                  failures.ipv6() == null ? ipv6.join() : lastGood.find(host, DnsQuery.AAAA);
              LastGood.Addresses both = four.and(six);
              Throwable failure = failures.ipv4() != null ? failures.ipv4() : failures.ipv6();
              return both.addresses().isEmpty() && failure != null
                      || failures.ipv4() != null && failures.ipv6() != null
                  ? CompletableFuture.failedFuture(failure)
                  : CompletableFuture.completedFuture(both);
            });
  }

  private record Failures(Throwable ipv4, Throwable ipv6) {}

  private CompletableFuture<LastGood.Addresses> find(String host, int type) {
    return lookups
        .find(host, type)
        .thenApply(
            found -> {
              LastGood.Addresses addresses =
                  new LastGood.Addresses(
                      found.records().stream().map(HostResolver::address).toList(),
                      found.ttlSeconds(),
                      found.exists());
              lastGood.keep(host, type, addresses);
              return addresses;
            });
  }

  private static InetAddress address(DnsRecord record) {
    try {
      return InetAddress.getByAddress(record.data());
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException("an address of " + record.data().length + " bytes");
    }
  }

  @Override
  public void close() {
    status.close();
  }
}
