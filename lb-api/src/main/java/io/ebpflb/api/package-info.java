/**
 * What a plugin may see of the balancer. A plugin computes, the balancer acts: it asks {@link
 * io.ebpflb.api.HealthChecker}, {@link io.ebpflb.api.TargetResolver}, {@link
 * io.ebpflb.api.WeightModifier} and {@link io.ebpflb.api.ServiceFeature} one question each; an
 * {@link io.ebpflb.api.Agent} is asked nothing. {@link io.ebpflb.api.LbPlugin} lists them.
 *
 * <h2>Threads</h2>
 *
 * Each load of a plugin has one thread of its own. All of a plugin's code runs there, one piece at
 * a time: its constructor, factories, questions, periodic tasks, event handlers, operations, what
 * it chained to the futures of {@link io.ebpflb.api.Network}, and {@code close()}. So a plugin
 * needs no locks as long as it starts no threads, and may hand anything of the API to threads that
 * it does start. The context class loader of the thread is the plugin's.
 *
 * <h2>Blocking</h2>
 *
 * Nothing may block for long: while a plugin's thread waits, the rest of the plugin waits, too. A
 * question has a deadline, named where it is declared; what takes longer counts as a failure and is
 * interrupted. A thread that ignores the interrupt cannot be stopped in Java. Other plugins and
 * forwarding do not notice.
 *
 * <h2>Failure</h2>
 *
 * Whatever is thrown, {@code null} and an answer outside its limits are a failed answer with its
 * text as reason: counted, logged once for each change, shown by {@code lb plugin list}. What then
 * holds is said at each question; it is never worse than if the plugin were not there.
 *
 * <h2>Lifetime</h2>
 *
 * An extension is made once for each use in the config, and again after each reload that changes
 * its settings: the new one is made before the old one is closed. {@code close()} is called once,
 * when nothing is asked any more. Whatever was taken from the {@link io.ebpflb.api.PluginContext}
 * is given back when the plugin goes; what else it opened it must close. Arguments are immutable
 * and may be kept, unless something else is said. Nothing of a plugin is kept by the balancer after
 * it has gone, except what it saved in its {@link io.ebpflb.api.KeptState}.
 *
 * <h2>Versions</h2>
 *
 * The API has a version of its own right, that of this artifact, by <a
 * href="https://semver.org">Semantic Versioning</a>. A JAR says in {@code Plugin-Requires} which it
 * works with, {@code >=1.2.0 & <2.0.0}, and is refused elsewhere. A plugin that was compiled
 * against one version loads and works with every later one of the same major version, without being
 * compiled anew; as long as the major version is 0, of the same minor version. What is marked
 * {@link io.ebpflb.api.Unstable} is exempt. The build compares each change with the first version
 * and fails if it would break a plugin. Interfaces that the balancer implements ({@code
 * PluginContext}, {@code BackendView}, …) may get further methods at any time, those that plugins
 * implement only with a default; enums and {@link io.ebpflb.api.Event} may get further kinds, so
 * have a default branch.
 */
package io.ebpflb.api;
