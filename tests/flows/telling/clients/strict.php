<?php
// A merchant's client that takes nothing but what it knows: each answer goes into typed objects, key by key.
// A key that is missing or unknown, a null or another type ends it. Usage: php strict.php URL KEY NUMBER NUMBER WITHOUT
declare(strict_types=1);

final class Problem { public function __construct(public int $code, public string $message) {} }
final class Rejected {
    public Problem $error;
    public function __construct(public string $number, array $error) { $this->error = new Problem(...$error); }
}
final class Registered { public function __construct(public int $origin, public string $number, public int $carrier) {} }
final class Done { public function __construct(public string $number, public int $carrier) {} }
final class Event {
    public function __construct(public string $a, public ?string $b, public string $c, public string $d, public string $z) {}
}
final class Extension {
    public function __construct(
        public string $trN, public int $trC, public int $psex, public bool $pickup, public int $return,
        public string $dt, public string $dtS, public string $dtP, public string $dtD, public string $dtL,
    ) {}
}
final class Track {
    public array $events;
    public ?Event $newest;
    public Extension $extension;
    public function __construct(
        public int $b, public int $c, public int $e, public int $f, public int $w1, public int $w2,
        array $z1, array $z2, array $z9, public int $ygt1, public int $ygt2, public int $ygt9,
        public int $is1, public int $is2, public ?string $ln1, public ?string $ln2, public ?string $ln9,
        public int $hs, public string $ylt1, public string $ylt2, public string $ylt9, public string $yt, array $zex,
        ?array $z0 = null,
    ) {
        $this->events = array_map(fn(array $legs) => items(Event::class, $legs), [$z1, $z2, $z9]);
        $this->newest = $z0 === null ? null : new Event(...$z0);
        $this->extension = new Extension(...$zex);
    }
}
final class Info {
    public Track $track;
    public function __construct(public string $number, public string $tag, array $track) { $this->track = new Track(...$track); }
}
final class Listed {
    public function __construct(
        public string $number, public int $w1, public int $b, public int $w2, public int $c, public int $e,
        public string $rt, public int $ps, public ?string $st, public ?int $sr, public bool $ir, public bool $ts,
        public int $mc, public ?string $tag, public string $tt = '', public string $pt = '',
    ) {}
}
final class Page {
    public function __construct(public int $data_total, public int $page_total, public int $page_no, public int $page_size) {}
}

function items(string $kind, array $list): array
{
    if (!array_is_list($list)) {
        throw new TypeError("not a list of $kind");
    }
    return array_map(fn(array $item) => new $kind(...$item), $list);
}

function call(string $endpoint, array $body): array
{
    [, $url, $key] = $GLOBALS['argv'];
    $http = ['method' => 'POST', 'header' => "17token: $key\r\nContent-Type: application/json", 'content' => json_encode($body)];
    $answer = json_decode(file_get_contents("$url/$endpoint", false, stream_context_create(['http' => $http])), true);
    if ($answer['code'] !== 0) {
        throw new RuntimeException("code {$answer['code']}");
    }
    return $answer;
}

// `accepted` as objects of one kind, and the codes of `rejected`.
function outcomes(string $endpoint, array $body, string $kind): array
{
    $answer = call($endpoint, $body);
    ['accepted' => $accepted, 'rejected' => $rejected] = $answer['data'];
    if (array_keys($answer) !== ['code', 'data'] || count($answer['data']) !== 2) {
        throw new UnexpectedValueException("$endpoint has other keys");
    }
    $codes = array_map(fn(Rejected $one) => $one->error->code, items(Rejected::class, $rejected));
    return [items($kind, $accepted), $codes];
}

[, , , $first, $second, $without] = $argv;
$told = [];
[$known, $codes] = outcomes('gettrackinfo', [['number' => $first], ['number' => $second], ['number' => $without]], Info::class);
foreach ($known as $info) {
    $told[] = [$info->number, $info->track->e, array_map(count(...), $info->track->events), $info->track->newest?->z];
}
$told[] = $codes;
[$listed] = [items(Listed::class, ($page = call('gettracklist', ['page_no' => 1]))['data']['accepted'])];
$told[] = [count($listed), (new Page(...$page['page']))->data_total];
foreach ([
    ['register', [['number' => 'ABC12345', 'carrier' => 100003, 'tag' => 7], ['number' => '1234']], Registered::class],
    ['changeinfo', [['number' => $first, 'items' => ['tag' => 'x']]], Done::class],
    ['changeinfo', [['number' => $first, 'items' => []]], Done::class],
    ['push', [['number' => $first]], Done::class],
    ['stopTrack', [['number' => $first], ['number' => $first]], Done::class],
    ['Retrack', [['number' => $first, 'carrier' => null]], Done::class],
    ['changecarrier', [['number' => $first, 'carrier_new' => 100]], Done::class],
    ['deleteTrack', [['number' => $first, 'carrier' => '']], Done::class],
] as [$endpoint, $body, $kind]) {
    [$done, $codes] = outcomes($endpoint, $body, $kind);
    $told[] = [$endpoint, count($done), $codes];
}
echo json_encode($told);
