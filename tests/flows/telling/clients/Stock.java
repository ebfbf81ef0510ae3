// A merchant's client as Java comes with it: it offers HTTP/2 with every request. Usage: java Stock.java URL KEY NUMBER
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;

class Stock {
    public static void main(String[] given) throws Exception {
        var client = HttpClient.newHttpClient();
        var body = "[{\"number\":\"" + given[2] + "\",\"tag\":\"订单 7\"}]";
        for (var endpoint : new String[] {"register", "gettrackinfo", "deleteTrack"}) {
            var request = HttpRequest.newBuilder(URI.create(given[0] + "/" + endpoint))
                .header("17token", given[1])
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
            System.out.println(client.send(request, HttpResponse.BodyHandlers.ofString()).body());
        }
    }
}
