import { createHash } from "node:crypto";

/** A callback as it was published, recorded or computed outside of this project. */
export interface Vector {
  readonly id: string;
  readonly key: string;
  readonly nonce: string;
  readonly method: "GET" | "POST";
  readonly url: string;
  readonly signature: string;
  /** The body of a POST, the query of a GET. */
  readonly params: string;
  /** Whether it verifies. */
  readonly isGood: boolean;
  /** What is known of the canonical text. */
  readonly canonical: { readonly length?: number; readonly sha256: string };
}

const RECORDED = { key: "FU10H0uCafgKnXvPfDm5iAisVuHDgXJA", url: "https://requestb.in/ui9vdiui", isGood: true };
const SHORT = { key: "foo", nonce: "1455825429", method: "POST", url: "https://foo.bar/", isGood: true } as const;
const OLD = { ...SHORT, key: "1DS9YIwGquvvIdx8GdcdqZGLAewZZyhd" };

/** The sample of P1 and P2, and of Y1 and Y2. Its parameters are `{"b":"val|ue&2","a":"value1"}`. */
export const SAMPLE = {
  key: "foobar123",
  nonce: "1427849783.886085",
  url: "https://api.authy.com/dashboard/json/application/webhooks",
  isGood: true,
  canonical: { sha256: "8fc7fd6891e230a0f874e1a1bba2ae9574526d4728689033bd19e95672505852" },
};

/** Every one but N4 verifies. */
export const VECTORS: readonly Vector[] = [
  {
    id: "J1",
    ...RECORDED,
    nonce: "1512923419",
    method: "POST",
    signature: "6uKAaKxCkkFEyQujwdudyPNUgRi2fY5otoCOQN7VjCw=",
    params:
      '{"authy_id":688611,"device_uuid":2102943,"callback_action":"approval_request_status","uuid":"4a725520-bff5-0135-eb01-0e5d90336a8c","status":"approved","approval_request":{"transaction":{"details":null,"device_details":{},"device_geolocation":"","device_signing_time":1512923419,"encrypted":false,"flagged":false,"hidden_details":null,"message":"Authorize OneTouch Unit Test","reason":"","requester_details":null,"status":"approved","uuid":"4a725520-bff5-0135-eb01-0e5d90336a8c","created_at_time":1512923400,"customer_uuid":15083},"expiration_timestamp":1513009800,"logos":null,"app_id":"582380eb7e1caa03317ec08c"},"signature":"pQmypvnmoIb7qIHrKcd3nwPArh8Ecr8L87XTYqqAfagDkXhOD7CulSdDkE0ImFBzigwc+vxwZsgxBnhFmU2c9kYuvMJiPLeS8NCpRucg7eHeGPM0jQbKveqzFcZ9L6P1kRHjSYwS7dLqEINBffNckK7O9LHz13XYklxXvYUwvemtj+yEemyCJbmlJbCSlUTyajr3WSRPMYZV7xXTNtWp2XvcRSclP8izgA1cV/cw7ctDYIPG6wUXJGSIs/kg3hTDeN1Z3YBq1fnMkfxeb5g9bRveRlCjXpQ6xFh1wQEUbbtJpf+uRgxddbQwxfda9gIb5osOEhKRv5HoJ03yOvKiBQ==","device":{"city":null,"country":"Colombia","ip":"190.130.65.251","region":null,"registration_city":null,"registration_country":"Colombia","registration_ip":"190.130.66.242","registration_method":"sms","registration_region":null,"os_type":"android","last_account_recovery_at":null,"id":2102943,"registration_date":1505418165,"last_sync_date":1505418173}}',
    canonical: { length: 1871, sha256: "c54d3825432b05c2c0fec29455faed30ea41eef2018358938deb15633fb274b5" },
  },
  {
    id: "J2",
    ...RECORDED,
    nonce: "1570641874",
    method: "POST",
    signature: "QZL9dnpVH5bjPMRvC98pm9zsQ2Zv1PToXlpN5X8H1hI=",
    params:
      '{"authy_id":688611,"device_uuid":2102943,"callback_action":"approval_request_status","uuid":"4a725520-bff5-0135-eb01-0e5d90336a8c","status":"approved","approval_request":{"transaction":{"details":{"Username":"jdoe","Location":"earth","Process ID":"1234567890"},"device_details":{},"device_geolocation":"","device_signing_time":1512923419,"encrypted":false,"flagged":false,"hidden_details":{"transaction_id":"TR139872562346"},"message":"Authorize OneTouch Unit Test","reason":"","requester_details":null,"status":"approved","uuid":"4a725520-bff5-0135-eb01-0e5d90336a8c","created_at_time":1512923400,"customer_uuid":15083},"expiration_timestamp":1513009800,"logos":null,"app_id":"582380eb7e1caa03317ec08c"},"signature":"pQmypvnmoIb7qIHrKcd3nwPArh8Ecr8L87XTYqqAfagDkXhOD7CulSdDkE0ImFBzigwc+vxwZsgxBnhFmU2c9kYuvMJiPLeS8NCpRucg7eHeGPM0jQbKveqzFcZ9L6P1kRHjSYwS7dLqEINBffNckK7O9LHz13XYklxXvYUwvemtj+yEemyCJbmlJbCSlUTyajr3WSRPMYZV7xXTNtWp2XvcRSclP8izgA1cV/cw7ctDYIPG6wUXJGSIs/kg3hTDeN1Z3YBq1fnMkfxeb5g9bRveRlCjXpQ6xFh1wQEUbbtJpf+uRgxddbQwxfda9gIb5osOEhKRv5HoJ03yOvKiBQ==","device":{"city":null,"country":"Colombia","enabled_unlock_methods":["pin","fingerprint"],"ip":"190.130.65.251","last_unlock_method_used":"pin","region":null,"registration_city":null,"registration_country":"Colombia","registration_ip":"190.130.66.242","registration_method":"sms","registration_region":null,"os_type":"android","last_account_recovery_at":null,"multidevice_enabled":true,"multidevice_updated_at":1570469080,"id":2102943,"registration_date":1505418165,"last_sync_date":1505418173,"last_unlock_date":1570641596}}',
    canonical: { length: 2325, sha256: "b035fefa44d2c40bee2c43004a69962c1341df239795952b6078d11318462a6e" },
  },
  {
    id: "J3",
    ...RECORDED,
    nonce: "1512940231",
    method: "POST",
    signature: "HFc5mICOVRrEmpmBoIuubKWcN0YYd50TaO7YQJFrnlM=",
    params:
      '{"authy_id":688611,"device_uuid":2102943,"callback_action":"approval_request_status","uuid":"6edb8f40-c01c-0135-c648-0e00ace7f69c","status":"denied","approval_request":{"transaction":{"details":{"username":"User","location":"California,USA","cosa1":"cosa1","cosa2":"cosa2"},"device_details":{},"device_geolocation":"","device_signing_time":1512940232,"encrypted":false,"flagged":false,"hidden_details":{"ip_address":"10.10.3.203"},"message":"Authorize OneTouch Unit Test","reason":"","requester_details":null,"status":"denied","uuid":"6edb8f40-c01c-0135-c648-0e00ace7f69c","created_at_time":1512940211,"customer_uuid":15083},"expiration_timestamp":1513026611,"logos":null,"app_id":"582380eb7e1caa03317ec08c"},"signature":"jTLeK9tHUAhJRexjBIq3DVowPRKE+8578YzJD5yizXqYqmeQT7t8NS1uFfbmjHKabgIvC0N/WEFfyvKWjARrNVR6FJ5EjbOZJy7ouQT+9iTaorsJDVPUPeVnQUUTi3noXcSonGN0+YW7foHf8zMnTTyQBbjurexv2dkfu0fLdiF8I6xRhMeq5sf5APdZCt7NsFIM95N0wO6MHoD5sLL8yFrB1C/RB35n6BIxgTWz0TjtbcO+V/rqjgMK47xTITPsbEo46ammhRl4vU5flcM2O6KE6Q7tKLCftAzs/3xu13w1KKkFXmCqXpeB29lSNU2wveGI7nB2eIk41medDJ81Dg==","device":{"city":null,"country":"Colombia","ip":"190.130.65.251","region":null,"registration_city":null,"registration_country":"Colombia","registration_ip":"190.130.66.242","registration_method":"sms","registration_region":null,"os_type":"android","last_account_recovery_at":null,"id":2102943,"registration_date":1505418165,"last_sync_date":1505418173}}',
    canonical: { length: 2124, sha256: "a4b67557941286f41e07acb8e90af3413270fbc2d657a38fc6237910b247d9c6" },
  },
  {
    id: "J4",
    ...RECORDED,
    nonce: "1512940917",
    method: "POST",
    signature: "IFD2P2f5w2Jis1uref9Blu7a0liztOsnso16Gh6y054=",
    params:
      '{"authy_id":688611,"device_uuid":2102943,"callback_action":"approval_request_status","uuid":"098c3580-c01e-0135-eb00-0e5d90336a8c","status":"approved","approval_request":{"transaction":{"details":{"username":"User","location":"California,USA","cosa1":"cosa1","cosa2":"cosa2"},"device_details":{},"device_geolocation":"","device_signing_time":1512940918,"encrypted":false,"flagged":false,"hidden_details":{"ip_address":"10.10.3.203"},"message":"Authorize OneTouch Unit Test","reason":"","requester_details":null,"status":"approved","uuid":"098c3580-c01e-0135-eb00-0e5d90336a8c","created_at_time":1512940900,"customer_uuid":15083},"expiration_timestamp":1513027300,"logos":[{"res":"default","url":"https://www.itsalllost.com/wp-content/uploads/2017/04/twilio-logo-red.png"},{"res":"med","url":"https://www.itsalllost.com/wp-content/uploads/2017/04/twilio-logo-red.png"}],"app_id":"582380eb7e1caa03317ec08c"},"signature":"qOLMuHVy4KITm2nSd1PxJCv+ydjcduKwxz2Fc7pMrDm7QtU2hMAnY5AUxdwlae5WJmEWNM8OctdGhMJweTwICkkOgYm2v+u7k/wz5zuPozDDnMqJWBjiCfbKNpKqf8CQ2dBndtxi2Sl7/y57KiXYJfTlGHNBhCoTxVzVBNDEPu6OLV6KA60mcEW87tg1b4Q/p69ZkYb5B1f9Ujk/ueCbCK6JDhtUf1v3/baNgO8o/mp2EydiFughqpiHIIOR0VY9/o/hh5a7z6FG4OxZ3WmS7q2506Wy698LW3ZRNl0aXwtFIat4IyCSSuDQFW9LZEcXdQK4YixSJ8b5H8vlRErSPQ==","device":{"city":null,"country":"Colombia","ip":"190.130.65.251","region":null,"registration_city":null,"registration_country":"Colombia","registration_ip":"190.130.66.242","registration_method":"sms","registration_region":null,"os_type":"android","last_account_recovery_at":null,"id":2102943,"registration_date":1505418165,"last_sync_date":1505418173}}',
    canonical: { length: 2467, sha256: "ab2775dcb4344f6836decc51ec531d3f71262cb95f0f7eba1867d54d8f2428ac" },
  },
  {
    id: "J5",
    ...RECORDED,
    nonce: "1512937258",
    method: "GET",
    signature: "W0YumwSPoL+2CX1q4XoUSY5gOmWmnrkXUmlm7NE6iGY=",
    params:
      "approval_request%5Bapp_id%5D=582380eb7e1caa03317ec08c&approval_request%5Bexpiration_timestamp%5D=1513023630&approval_request%5Blogos%5D=&approval_request%5Btransaction%5D%5Bcreated_at_time%5D=1512937230&approval_request%5Btransaction%5D%5Bcustomer_uuid%5D=15083&approval_request%5Btransaction%5D%5Bdetails%5D=&approval_request%5Btransaction%5D%5Bdevice_geolocation%5D=&approval_request%5Btransaction%5D%5Bdevice_signing_time%5D=1512937257&approval_request%5Btransaction%5D%5Bencrypted%5D=false&approval_request%5Btransaction%5D%5Bflagged%5D=false&approval_request%5Btransaction%5D%5Bhidden_details%5D=&approval_request%5Btransaction%5D%5Bmessage%5D=Authorize+OneTouch+Unit+Test&approval_request%5Btransaction%5D%5Breason%5D=&approval_request%5Btransaction%5D%5Brequester_details%5D=&approval_request%5Btransaction%5D%5Bstatus%5D=approved&approval_request%5Btransaction%5D%5Buuid%5D=7e272da0-c015-0135-eafc-0e5d90336a8c&authy_id=688611&callback_action=approval_request_status&device%5Bcity%5D=&device%5Bcountry%5D=Colombia&device%5Bid%5D=2102943&device%5Bip%5D=190.130.65.251&device%5Blast_account_recovery_at%5D=&device%5Blast_sync_date%5D=1505418173&device%5Bos_type%5D=android&device%5Bregion%5D=&device%5Bregistration_city%5D=&device%5Bregistration_country%5D=Colombia&device%5Bregistration_date%5D=1505418165&device%5Bregistration_ip%5D=190.130.66.242&device%5Bregistration_method%5D=sms&device%5Bregistration_region%5D=&device_uuid=2102943&signature=YnZe2qSWEAYAROAhykwbeIOV2Ym%2Fg4y9rlIQc6ePtvTt9UDDotl7p2H%2FpC3EFNG5XsDaMkJuZmXSd0UW%2FtiuR2l%2BJ%2Fvta5yXVArq6d1uNspB1u%2BWYjumDhTLFQI0Ox6BGQMhTlWkQK96dh0bJQqyPP7I5f4xQZMmNIClCKZa%2BzUqmPA7zo1Qokz9w0u917zKt%2BsLLxLLXblhdYvFIvfVqGAtiBQzbUh9UCCuOp6jcF7HkZiGs2nFIAlwVFffhK%2BxXnEXvG9yA3KnMRX6Y31yxWd3ApRoDNbLpCOSgFlkYAasQ8hBkcSy3AyyfT4TMhyeemI3IW6GFTADrXXO%2BzvpcA%3D%3D&status=approved&uuid=7e272da0-c015-0135-eafc-0e5d90336a8c",
    canonical: { length: 1881, sha256: "0c704e08297a61c89d3baa6ed699b58ebaba72f155bc41720e771f7b03320a93" },
  },
  {
    id: "J6",
    ...RECORDED,
    nonce: "1512942246",
    method: "GET",
    signature: "oCSbVsRS7uwKH1bRAnyem3pz9rTBSMpcEaS6W33DqmM=",
    params:
      "approval_request%5Bapp_id%5D=582380eb7e1caa03317ec08c&approval_request%5Bexpiration_timestamp%5D=1513028630&approval_request%5Blogos%5D=&approval_request%5Btransaction%5D%5Bcreated_at_time%5D=1512942230&approval_request%5Btransaction%5D%5Bcustomer_uuid%5D=15083&approval_request%5Btransaction%5D%5Bdetails%5D%5Bcosa1%5D=cosa1&approval_request%5Btransaction%5D%5Bdetails%5D%5Bcosa2%5D=cosa2&approval_request%5Btransaction%5D%5Bdetails%5D%5Blocation%5D=California%2CUSA&approval_request%5Btransaction%5D%5Bdetails%5D%5Busername%5D=User&approval_request%5Btransaction%5D%5Bdevice_geolocation%5D=&approval_request%5Btransaction%5D%5Bdevice_signing_time%5D=1512942247&approval_request%5Btransaction%5D%5Bencrypted%5D=false&approval_request%5Btransaction%5D%5Bflagged%5D=false&approval_request%5Btransaction%5D%5Bhidden_details%5D%5Bip_address%5D=10.10.3.203&approval_request%5Btransaction%5D%5Bmessage%5D=Authorize+OneTouch+Unit+Test&approval_request%5Btransaction%5D%5Breason%5D=&approval_request%5Btransaction%5D%5Brequester_details%5D=&approval_request%5Btransaction%5D%5Bstatus%5D=approved&approval_request%5Btransaction%5D%5Buuid%5D=224fdf40-c021-0135-fa62-06ca50569adc&authy_id=688611&callback_action=approval_request_status&device%5Bcity%5D=&device%5Bcountry%5D=Colombia&device%5Bid%5D=2102943&device%5Bip%5D=190.130.65.251&device%5Blast_account_recovery_at%5D=&device%5Blast_sync_date%5D=1505418173&device%5Bos_type%5D=android&device%5Bregion%5D=&device%5Bregistration_city%5D=&device%5Bregistration_country%5D=Colombia&device%5Bregistration_date%5D=1505418165&device%5Bregistration_ip%5D=190.130.66.242&device%5Bregistration_method%5D=sms&device%5Bregistration_region%5D=&device_uuid=2102943&signature=rRf5hjOsPql%2Fumb%2FzI6azWUx2Xx8s6hhKeOYXob0tqhIA7WUtUcvXDNfn%2BX%2FnAqOiBDcGr41aNU6mFw1nCbQI3jwtm9n%2F7RVtxrJN%2B85370dY0nOUpl19IGJ6xwyRa0U76svfePBROnrobGdyCvtHw6G4tT%2BJ3oo2T7Ji1TZ4scFLaRfiA95VmFYgJd6tEqoBom%2FtX8itKyxa%2FFTVSc8OriSusyX8GpxqSAKl9GjVKGp7W0p%2FGTzTU9lzVAIPHsIyX9%2FH%2BKUGk5d7oglcPb%2B0HX2V1ruSIg5IId5j3yrBPd%2Bjxf3HLTcrPMGjFZJhapMOwE4fgEWG9p6pfBYOyyauw%3D%3D&status=approved&uuid=224fdf40-c021-0135-fa62-06ca50569adc",
    canonical: { length: 2140, sha256: "7ea9f9daa426064d4ad461078e72bf1669f4129226dd9d3d802d0bd0efb24cfc" },
  },
  {
    id: "J7",
    ...RECORDED,
    nonce: "1512943081",
    method: "GET",
    signature: "5TM5uf+8WlPMjkREHeS39XUHv8CHjhq3/u/+/lWU7cg=",
    params:
      "approval_request%5Bapp_id%5D=582380eb7e1caa03317ec08c&approval_request%5Bexpiration_timestamp%5D=1513029464&approval_request%5Blogos%5D%5B%5D%5Bres%5D=default&approval_request%5Blogos%5D%5B%5D%5Burl%5D=https%3A%2F%2Fwww.itsalllost.com%2Fwp-content%2Fuploads%2F2017%2F04%2Ftwilio-logo-red.png&approval_request%5Btransaction%5D%5Bcreated_at_time%5D=1512943064&approval_request%5Btransaction%5D%5Bcustomer_uuid%5D=15083&approval_request%5Btransaction%5D%5Bdetails%5D%5Bcosa1%5D=cosa1&approval_request%5Btransaction%5D%5Bdetails%5D%5Bcosa2%5D=cosa2&approval_request%5Btransaction%5D%5Bdetails%5D%5Blocation%5D=California%2CUSA&approval_request%5Btransaction%5D%5Bdetails%5D%5Busername%5D=User&approval_request%5Btransaction%5D%5Bdevice_geolocation%5D=&approval_request%5Btransaction%5D%5Bdevice_signing_time%5D=1512943081&approval_request%5Btransaction%5D%5Bencrypted%5D=false&approval_request%5Btransaction%5D%5Bflagged%5D=false&approval_request%5Btransaction%5D%5Bhidden_details%5D%5Bip_address%5D=10.10.3.203&approval_request%5Btransaction%5D%5Bmessage%5D=Authorize+OneTouch+Unit+Test&approval_request%5Btransaction%5D%5Breason%5D=&approval_request%5Btransaction%5D%5Brequester_details%5D=&approval_request%5Btransaction%5D%5Bstatus%5D=approved&approval_request%5Btransaction%5D%5Buuid%5D=133c7590-c023-0135-fa61-06ca50569adc&authy_id=688611&callback_action=approval_request_status&device%5Bcity%5D=&device%5Bcountry%5D=Colombia&device%5Bid%5D=2102943&device%5Bip%5D=190.130.65.251&device%5Blast_account_recovery_at%5D=&device%5Blast_sync_date%5D=1505418173&device%5Bos_type%5D=android&device%5Bregion%5D=&device%5Bregistration_city%5D=&device%5Bregistration_country%5D=Colombia&device%5Bregistration_date%5D=1505418165&device%5Bregistration_ip%5D=190.130.66.242&device%5Bregistration_method%5D=sms&device%5Bregistration_region%5D=&device_uuid=2102943&signature=Q%2FTaHEbdfmBBw%2BT%2BgVBrM8Sw%2BdqT%2FnhdO6BJNc%2F7herUg4BxAwziQhdmQhqjY2nvtVJkWEa9PdB11tNjTcbMQs8cchyPPNLUvp8L7C82snxcH%2Fgdde65Z%2B39Aug5hCcXUoQ92PsRckvexkrCQASDWbvmJZnjVM5t3j%2BKXn2QVyZkc63GBE1W9GPNM7bmlL2ZOENPoxpUq9%2B%2FawTEb8WMDebDcFEPGSgNFcvk6%2FJTSwjzmmm8Ypk82s4P1lUq74WWxaDM7XJH2Q4mo9vHkDaRIweEx%2BliMqUQYoCtApD0vsPSe4Exfp5tfcelWE9xrte%2FF3qKiPSnV8xS0SY9L20%2F7A%3D%3D&status=approved&uuid=133c7590-c023-0135-fa61-06ca50569adc",
    canonical: { length: 2297, sha256: "55fe1a457b67a6415a5d592e062cb6ee1a21bc45e52a095a6df72594d216f83e" },
  },
  {
    id: "N1",
    ...SHORT,
    signature: "uq/wB8AR1Acvn0wFcjm7mmBJyR11nuuMhMy6semsAO8=",
    params: '{"foo":{"bar":{"biz":"foo"}},"qux":"net"}',
    canonical: { length: 33, sha256: "26dbaf63f8f7e234d301f87cf8b2d8fd3d0158ced3c6d8349d2dad0b3fdd0d72" },
  },
  {
    id: "N2",
    ...SHORT,
    signature: "+fyGys+d5yNJx9SpeKZdf+N77od1t1cC/fVSWDW2+kY=",
    params: '{"foo":{"bar":{"biz":"foo bar"}},"qux":"net"}',
    canonical: { length: 37, sha256: "ec45452fc3fbf3d618f0df989ff0919c258d12b8ac17a34d1601d588100efd0a" },
  },
  {
    id: "N3",
    ...OLD,
    signature: "hqB6las54sMBA83GKs0U1QQi9ocJ2tH20SXHZNzfqqQ=",
    params:
      '{"approval_request":{"expiration_timestamp":1455911778,"logos":null,"transaction":{"created_at_time":1455825378,"customer_uuid":"2ccf0040-ed25-0132-5987-0e67b818e6fb","details":{},"device_details":null,"device_geolocation":null,"device_signing_time":0,"encrypted":false,"flagged":false,"hidden_details":{},"message":".","reason":null,"requester_details":null,"status":"approved","uuid":"996201c0-b7a7-0133-7c06-0e67b818e6fb"}},"authy_id":1234567,"callback_action":"approval_request_status","device_uuid":"4d89c320-a9bb-0133-7c02-0e67b818e6fb","signature":"BObhJgZwgU7O9r4Uo9VT6j6shAOe7y/IRGpW/N0Uq34/XHZU9E+aHOI5rcQzW1ZgNCECzVrqrsnjhYEK4Zq1naKWu0YNkuvILmMz8IxJEQH+c+6x186fjIjxvP4nu4p/pfUDomo/za24s1XOjtNlVsrDTDXClHUh5MjFQbyBjhFd8gOtmGVatN7K2Lx71I8YR2JDLbRX4DlJEMu++PLBn1nqQH9tbNYzX5jjX87CXPBtDfRwfWSs/imnfZ9zkDq4ZKuBcuwzQNsxKlby6782X0o78rYhCHrcDnHgRtyMGvX9ovK3XTt6M7p6i9SKaRgBWIOFVPygxv15iJesqt9cng==","status":"approved","uuid":"996221c0-b7a7-0133-7c06-0e67b818e6fb"}',
    canonical: { length: 1356, sha256: "2dca43fbb0f4d9266c65b8eae45afc6872234ac1844336a02636e1be92a56252" },
  },
  {
    id: "N4",
    ...OLD,
    isGood: false,
    signature: "auCQ/qxS6TgwVzOuiWFwU93ZLe8trNoxznJMRfogzeo=",
    params:
      '{"approval_request":{},"authy_id":1234567,"callback_action":"approval_request_status","device_uuid":"3d89c320-a9bb-0133-7c02-0e67b818e6fb","signature":"bObhJgZwgU7O9r4Uo9VT6j6shAOe7y/IRGpW/N0Uq34/XHZU9E+aHOI5rcQzW1ZgNCECzVrqrsnjhYEK4Zq1naKWu0YNkuvILmMz8IxJEQH+c+6x186fjIjxvP4nu4p/pfUDomo/za24s1XOjtNlVsrDTDXClHUh5MjFQbyBjhFd8gOtmGVatN7K2Lx71I8YR2JDLbRX4DlJEMu++PLBn1nqQH9tbNYzX5jjX87CXPBtDfRwfWSs/imnfZ9zkDq4ZKuBcuwzQNsxKlby6782X0o78rYhCHrcDnHgRtyMGvX9ovK3XTt6M7p6i9SKaRgBWIOFVPygxv15iJesqt9cng==","status":"approved","uuid":"996221c0-b8a7-0133-7c06-0e67b818e6fb"}',
    canonical: { length: 544, sha256: "75165b406095c290d44d58a2c64e02c0427079c5017006946d850c2a2ad638c5" },
  },
  {
    id: "P1",
    ...SAMPLE,
    method: "POST",
    signature: "4f9676D/+BzsEq8NzF0fXpv7qETnzJUW/4YGe7p0EPM=",
    params: '{"b":"val|ue&2","a":"value1"}',
  },
  {
    id: "P2",
    ...SAMPLE,
    method: "GET",
    signature: "W+RlOV+lGi1EA9jaT1X5hL1aJFAuTRwnHuQhCp2tAxI=",
    params: "a=value1&b=val%7Cue%262",
  },
];

/** The canonical text of J2. */
export const J2_TEXT =
  "approval_request%5Bapp_id%5D=582380eb7e1caa03317ec08c&approval_request%5Bexpiration_timestamp%5D=1513009800&approval_request%5Blogos%5D=&approval_request%5Btransaction%5D%5Bcreated_at_time%5D=1512923400&approval_request%5Btransaction%5D%5Bcustomer_uuid%5D=15083&approval_request%5Btransaction%5D%5Bdetails%5D%5BLocation%5D=earth&approval_request%5Btransaction%5D%5Bdetails%5D%5BProcess+ID%5D=1234567890&approval_request%5Btransaction%5D%5Bdetails%5D%5BUsername%5D=jdoe&approval_request%5Btransaction%5D%5Bdevice_geolocation%5D=&approval_request%5Btransaction%5D%5Bdevice_signing_time%5D=1512923419&approval_request%5Btransaction%5D%5Bencrypted%5D=false&approval_request%5Btransaction%5D%5Bflagged%5D=false&approval_request%5Btransaction%5D%5Bhidden_details%5D%5Btransaction_id%5D=TR139872562346&approval_request%5Btransaction%5D%5Bmessage%5D=Authorize+OneTouch+Unit+Test&approval_request%5Btransaction%5D%5Breason%5D=&approval_request%5Btransaction%5D%5Brequester_details%5D=&approval_request%5Btransaction%5D%5Bstatus%5D=approved&approval_request%5Btransaction%5D%5Buuid%5D=4a725520-bff5-0135-eb01-0e5d90336a8c&authy_id=688611&callback_action=approval_request_status&device%5Bcity%5D=&device%5Bcountry%5D=Colombia&device%5Benabled_unlock_methods%5D%5B%5D=pin&device%5Benabled_unlock_methods%5D%5B%5D=fingerprint&device%5Bid%5D=2102943&device%5Bip%5D=190.130.65.251&device%5Blast_account_recovery_at%5D=&device%5Blast_sync_date%5D=1505418173&device%5Blast_unlock_date%5D=1570641596&device%5Blast_unlock_method_used%5D=pin&device%5Bmultidevice_enabled%5D=true&device%5Bmultidevice_updated_at%5D=1570469080&device%5Bos_type%5D=android&device%5Bregion%5D=&device%5Bregistration_city%5D=&device%5Bregistration_country%5D=Colombia&device%5Bregistration_date%5D=1505418165&device%5Bregistration_ip%5D=190.130.66.242&device%5Bregistration_method%5D=sms&device%5Bregistration_region%5D=&device_uuid=2102943&signature=pQmypvnmoIb7qIHrKcd3nwPArh8Ecr8L87XTYqqAfagDkXhOD7CulSdDkE0ImFBzigwc%2BvxwZsgxBnhFmU2c9kYuvMJiPLeS8NCpRucg7eHeGPM0jQbKveqzFcZ9L6P1kRHjSYwS7dLqEINBffNckK7O9LHz13XYklxXvYUwvemtj%2ByEemyCJbmlJbCSlUTyajr3WSRPMYZV7xXTNtWp2XvcRSclP8izgA1cV%2Fcw7ctDYIPG6wUXJGSIs%2Fkg3hTDeN1Z3YBq1fnMkfxeb5g9bRveRlCjXpQ6xFh1wQEUbbtJpf%2BuRgxddbQwxfda9gIb5osOEhKRv5HoJ03yOvKiBQ%3D%3D&status=approved&uuid=4a725520-bff5-0135-eb01-0e5d90336a8c";

export const N1_TEXT = "foo%5Bbar%5D%5Bbiz%5D=foo&qux=net";
export const N2_TEXT = "foo%5Bbar%5D%5Bbiz%5D=foo+bar&qux=net";

export const SAMPLE_TEXT = "a=value1&b=val%7Cue%262";

/** Y1 and Y2, published for the sample, are over an empty text. P1 and P2 are what is right. */
export const OVER_NOTHING = [
  { method: "POST", signature: "UJRjviTdXFA0xu4duxW9BWVDRZGsmSUDd4RglmzcX4o=" },
  { method: "GET", signature: "yjA/tsM6Rkxgww9wmZLxRWaouw21ZRsi7QIOdm7cEmA=" },
] as const;

/** A callback of today. */
export const EXAMPLE: Vector = {
  id: "example",
  key: "AuthyExampleKey0000000000000000A",
  nonce: "1653487601",
  method: "POST",
  url: "https://hooks.example.com/authy/onetouch",
  isGood: true,
  signature: "cNmWNHhiUf/2PJzXtuEht/5j2DYpW814TVF+zOTI6M0=",
  params:
    '{"authy_id":40213377,"device_uuid":40213378,"callback_action":"approval_request_status","uuid":"c9d0f0a2-6a1b-0139-5f0e-0242ac110002","status":"approved","approval_request":{"transaction":{"details":{"Amount":"480.00 EUR","Recipient":"Lena Berg"},"device_details":{},"device_geolocation":"","device_signing_time":1653487601,"encrypted":false,"flagged":false,"hidden_details":{"transfer_id":"tr_58121"},"message":"Approve the transfer of 480.00 EUR to Lena Berg?","reason":"","requester_details":null,"status":"approved","uuid":"c9d0f0a2-6a1b-0139-5f0e-0242ac110002","created_at_time":1653487563,"customer_uuid":15999},"expiration_timestamp":1653487683,"logos":null,"app_id":"58547f6f4014250a11c20200"},"signature":"0ECobcYoeSJ0w2EI/2ehDTw44IzsFVN/4F/rtPcRIVZBkLi6SUic2+m/GEz+N7lQ96PSwizd5uijKQ1vk912JdBAqG3GKHkidMNhCP9noQ08OOCM7BVTf+Bf67T3ESFWQZC4uklInNvpvxhM/je5UPej0sIs3ebooykNb5PddiXQQKhtxih5InTDYQj/Z6ENPDjgjOwVU3/gX+u09xEhVkGQuLpJSJzb6b8YTP43uVD3o9LCLN3m6KMpDW+T3XYl0ECobcYoeSJ0w2EI/2ehDTw44IzsFVN/4F/rtPcRIVZBkLi6SUic2+m/GEz+N7lQ96PSwizd5uijKQ1vk912JQ==","device":{"city":null,"country":"Ireland","enabled_unlock_methods":["pin","fingerprint"],"ip":"203.0.113.25","last_unlock_method_used":"pin","region":null,"registration_city":null,"registration_country":"Ireland","registration_ip":"203.0.113.24","registration_method":"sms","registration_region":null,"os_type":"android","last_account_recovery_at":null,"multidevice_enabled":true,"multidevice_updated_at":1650000000,"id":40213378,"registration_date":1648000000,"last_sync_date":1648000008,"last_unlock_date":1653487590}}',
  canonical: { sha256: "dcbea957ca886431ad98e32175c77d8e6b6e112caab835926c516c0eff6d4f27" },
};
/** The same parameters in the query of a GET. */
export const EXAMPLE_GET_SIGNATURE = "atc1ttrFUV1f/7ce1d2oo1QBrkdlRw4PtyMfFDGoix8=";

export const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");
