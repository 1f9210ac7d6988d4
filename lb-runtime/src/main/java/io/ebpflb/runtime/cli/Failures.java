package io.ebpflb.runtime.cli;

import io.ebpflb.runtime.admin.AdminException;
import io.ebpflb.runtime.config.ConfigException;
import io.ebpflb.runtime.dataplane.DataPlaneException;
import io.ebpflb.runtime.plugin.ExtensionException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.ParseResult;

/** How a failed command ends: what is printed, and the exit code. */
final class Failures implements IExecutionExceptionHandler {

  @Override
  public int handleExecutionException(Exception failure, CommandLine command, ParseResult parsed) {
    PrintWriter err = command.getErr();
    int code = codeOf(failure);
    if (code == ExitCode.BUG) {
      err.println("lb: this is a bug, please report it:");
      failure.printStackTrace(err);
    } else if (failure instanceof ConfigException) {
      err.println(failure.getMessage());
    } else if (failure instanceof RefusedException refused && !refused.errors().isEmpty()) {
      refused.errors().forEach(err::println);
      err.println(refused.getMessage());
    } else {
      err.println("lb: " + text(failure));
    }
    err.flush();
    return code;
  }

  private static int codeOf(Exception failure) {
    if (failure instanceof ConfigException
        || failure instanceof ExtensionException
        || failure instanceof RefusedException) {
      return ExitCode.USAGE;
    }
    boolean environment =
        failure instanceof DataPlaneException
            || failure instanceof AdminException
            || failure instanceof EnvironmentException
            || failure instanceof IOException
            || failure instanceof UncheckedIOException;
    return environment ? ExitCode.ENVIRONMENT : ExitCode.BUG;
  }

  /** Java's file exceptions hold little but the name of the file. */
  private static String text(Exception failure) {
    Throwable cause = failure instanceof UncheckedIOException ? failure.getCause() : failure;
    if (cause instanceof NoSuchFileException) {
      return cause.getMessage() + ": there is no such file";
    }
    if (cause instanceof AccessDeniedException) {
      return cause.getMessage() + ": permission denied";
    }
    boolean isBare = cause instanceof FileSystemException || cause.getMessage() == null;
    return isBare
        ? cause.getClass().getSimpleName() + ": " + cause.getMessage()
        : cause.getMessage();
  }
}
