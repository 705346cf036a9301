import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ScramCredentialInfo;
import org.apache.kafka.clients.admin.ScramMechanism;
import org.apache.kafka.clients.admin.UserScramCredentialUpsertion;

/** Sets a user's password on a cluster: brokers, user, password. kafkajs cannot, and Kafka's own tool is not fetched. */
class SetKafkaPassword {
    public static void main(String[] arguments) throws Exception {
        var info = new ScramCredentialInfo(ScramMechanism.SCRAM_SHA_512, 4096);
        var change = new UserScramCredentialUpsertion(arguments[1], info, arguments[2]);
        try (var admin = Admin.create(Map.<String, Object>of("bootstrap.servers", arguments[0]))) {
            admin.alterUserScramCredentials(List.of(change)).all().get();
        }
    }
}
