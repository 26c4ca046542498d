package io.millrace.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.GeneralCodingRules.ACCESS_STANDARD_STREAMS;
import static com.tngtech.archunit.library.GeneralCodingRules.USE_JAVA_UTIL_LOGGING;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.millrace.protocol.FreshnessCertificate;
import io.millrace.protocol.fragment.ShardCertificate;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The picture of docs/ARCHITECTURE.md holds: what the module poms cannot say, or would say too late. */
class ArchitectureTest {
    private static JavaClasses classes = new ClassFileImporter().importClasses();

    @BeforeAll
    static void read() {
        classes = new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                .importPackages("io.millrace");
    }

    /** The rules below would hold for nothing at all. */
    @ParameterizedTest
    @ValueSource(strings = {"protocol", "client", "inference", "index", "planner", "operators", "job", "local"})
    void classesOfEveryModuleAreRead(String module) {
        assertThat(classes)
                .extracting(JavaClass::getPackageName)
                .anyMatch(name -> (name + ".").startsWith("io.millrace." + module + "."));
    }

    @Test
    void importsRunDownwardsOnly() {
        layeredArchitecture()
                .consideringOnlyDependenciesInLayers()
                .layer("protocol")
                .definedBy("io.millrace.protocol..")
                .layer("client")
                .definedBy("io.millrace.client..")
                .layer("inference")
                .definedBy("io.millrace.inference..")
                .layer("index-state")
                .definedBy("io.millrace.index..")
                .layer("planner")
                .definedBy("io.millrace.planner..")
                .layer("operators")
                .definedBy("io.millrace.operators..")
                .layer("job")
                .definedBy("io.millrace.job..")
                .layer("local")
                .definedBy("io.millrace.local..")
                .whereLayer("protocol")
                .mayNotAccessAnyLayer()
                .whereLayer("client")
                .mayOnlyAccessLayers("protocol")
                .whereLayer("inference")
                .mayNotAccessAnyLayer()
                .whereLayer("index-state")
                .mayOnlyAccessLayers("protocol")
                .whereLayer("planner")
                .mayOnlyAccessLayers("protocol", "inference")
                .whereLayer("operators")
                .mayOnlyAccessLayers("protocol", "inference", "index-state", "planner")
                .whereLayer("job")
                .mayOnlyAccessLayers("protocol", "inference", "index-state", "planner", "operators")
                .check(classes);
    }

    @Test
    void flinkIsKnownToTheShellsAndToOneAdapterOnly() {
        noClasses()
                .that()
                .resideOutsideOfPackages(
                        "io.millrace.local..",
                        "io.millrace.job..",
                        "io.millrace.operators..",
                        "io.millrace.index.state..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.apache.flink..")
                .check(classes);
    }

    @Test
    void kafkaIsNotKnownToWhatHasNoTransport() {
        noClasses()
                .that()
                .resideInAnyPackage(
                        "io.millrace.protocol..",
                        "io.millrace.inference..",
                        "io.millrace.planner..",
                        "io.millrace.index..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.apache.kafka..")
                .check(classes);
    }

    /** Kafka's clients are behind ports: the operators run in a harness without a broker. */
    @Test
    void operatorsReachKafkaThroughOnePackage() {
        noClasses()
                .that()
                .resideInAPackage("io.millrace.operators..")
                .and()
                .resideOutsideOfPackage("io.millrace.operators.kafka..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.apache.kafka..", "org.apache.flink.connector.kafka..")
                .check(classes);
    }

    @Test
    void logsGoThroughSlf4j() {
        noClasses().should(USE_JAVA_UTIL_LOGGING).check(classes);
    }

    @Test
    void onlyTheCommandLinePrints() {
        noClasses()
                .that()
                .resideOutsideOfPackages("io.millrace.local.cli..", "io.millrace.local.demo..")
                .should(ACCESS_STANDARD_STREAMS)
                .check(classes);
    }

    /** But for one: an answer to explain analyze has the certificates of the shards as they were sent. */
    @Test
    void packagesHaveNoCycles() {
        slices().matching("io.millrace.(**)")
                .should()
                .beFreeOfCycles()
                .ignoreDependency(FreshnessCertificate.class, ShardCertificate.class)
                .check(classes);
    }
}
