<?php
// A webhook receiver: checks the signature from the raw body, and prints what came.
//
// Usage: KEY=... php -S 127.0.0.1:PORT receiver.php

// The SHA-256 of event/data/key, with `data` exactly as it was sent: written again it might be spelled otherwise.
function is_signed(string $body, string $key): bool
{
    $push = json_decode($body, true);
    $start = strpos($body, '"data":') + strlen('"data":');
    $data = substr($body, $start, strrpos($body, '}') - $start);
    return is_array($push) && hash_equals(hash('sha256', "{$push['event']}/$data/$key"), (string) $push['sign']);
}

$body = file_get_contents('php://input');
$key = (string) getenv('KEY');
if ($key === '' || !is_signed($body, $key)) {
    http_response_code(401);
    exit;
}
$push = json_decode($body, true);
error_log("{$push['event']} {$push['data']['number']} {$_SERVER['HTTP_WEBHOOK_ID']}");
http_response_code(200); // nothing but 200 counts as delivered
