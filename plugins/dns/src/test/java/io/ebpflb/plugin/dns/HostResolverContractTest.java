package io.ebpflb.plugin.dns;

import io.ebpflb.api.DnsAnswer;
import io.ebpflb.api.DnsQuery;
import io.ebpflb.api.PluginContext;
import io.ebpflb.api.TargetResolver;
import io.ebpflb.plugin.dns.TargetSettings.Kind;
import io.ebpflb.plugin.dns.TargetSettings.OnEmpty;
import io.ebpflb.testing.DnsServer;
import io.ebpflb.testing.ScriptedNetwork;
import io.ebpflb.testing.TargetResolverContract;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

class HostResolverContractTest extends TargetResolverContract {
  private static final String HOST = "web.test";
  private static final ServerSettings.Servers SERVERS =
      new ServerSettings.Servers(
          List.of(new InetSocketAddress("127.0.0.1", 53)), List.of(), 1, Duration.ofSeconds(1), 2);

  @Override
  protected TargetResolver resolver(PluginContext context) {
    TargetSettings target =
        new TargetSettings(HOST, Optional.of(8080), Kind.ADDRESS, Optional.empty(), OnEmpty.KEEP);
    return new HostResolver(
        target,
        new Lookups(context.network(), context.clock(), () -> SERVERS),
        new Hosts(context).follow(target),
        () -> 0.5);
  }

  @Override
  protected void makeItAnswer(ScriptedNetwork network) {
    network.answerDns(
        question -> {
          String literal = question.query().type() == DnsQuery.A ? "10.0.0.1" : "2001:db8::1";
          question.reply(DnsAnswer.NO_ERROR, DnsServer.address(HOST, 60, literal));
        });
  }
}
